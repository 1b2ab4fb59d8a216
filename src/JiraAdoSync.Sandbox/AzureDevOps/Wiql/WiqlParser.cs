using System.Globalization;

namespace JiraAdoSync.Sandbox.AzureDevOps.Wiql;

/// <summary>
/// Reads <c>SELECT fields FROM WorkItems [WHERE condition] [ORDER BY fields] [ASOF date]</c>. AND binds tighter than OR,
/// NOT tighter than both.
/// </summary>
internal sealed class WiqlParser
{
    private const int LengthLimit = 32_000;
    private const int DepthLimit = 200;

    private readonly FieldCatalog _fields;
    private readonly List<WiqlToken> _tokens;
    private int _at;
    private int _depth;

    private WiqlParser(string query, FieldCatalog fields) => (_fields, _tokens) = (fields, WiqlLexer.Read(query));

    private WiqlToken Now => _tokens[_at];

    public static WiqlQuery Parse(string query, FieldCatalog fields) => query.Length > LengthLimit
        ? throw AdoError.Query($"VS402336: The query text is longer than {LengthLimit} characters.")
        : new WiqlParser(query, fields).ReadQuery();

    private WiqlQuery ReadQuery()
    {
        Expect("SELECT");
        var columns = new List<FieldDefinition> { ReadField() };
        while (Take(","))
        {
            columns.Add(ReadField());
        }

        Expect("FROM");
        var source = Next();
        var ofLinks = source.Is("WorkItemLinks");
        if (!ofLinks && !source.Is("WorkItems"))
        {
            throw WiqlLexer.Unexpected(source.Text, source.Position);
        }

        var where = Take("WHERE") ? ReadOr() : null;
        var sorts = new List<WiqlSort>();
        if (Take("ORDER"))
        {
            Expect("BY");
            do
            {
                var field = ReadField();
                var descending = Take("DESC");
                _ = !descending && Take("ASC");
                sorts.Add(new WiqlSort(field, descending));
            }
            while (Take(","));
        }

        DateTime? asOf = null;
        if (Take("ASOF"))
        {
            var date = Next();
            asOf = FieldValue.ReadDate(date.Text) ?? throw WiqlLexer.Unexpected(date.Text, date.Position);
        }

        return Now.Kind == WiqlTokenKind.End
            ? new WiqlQuery(columns, ofLinks, where, sorts, asOf)
            : throw WiqlLexer.Unexpected(Now.Text, Now.Position);
    }

    private WiqlCondition ReadOr()
    {
        var left = ReadAnd();
        while (Take("OR"))
        {
            left = new WiqlOr(left, ReadAnd());
        }

        return left;
    }

    private WiqlCondition ReadAnd()
    {
        var left = ReadNot();
        while (Take("AND"))
        {
            left = new WiqlAnd(left, ReadNot());
        }

        return left;
    }

    private WiqlCondition ReadNot()
    {
        if (++_depth > DepthLimit)
        {
            throw AdoError.Query("TF51009: The query is nested too deeply.");
        }

        try
        {
            if (Take("NOT"))
            {
                return new WiqlNot(ReadNot());
            }

            if (Take("("))
            {
                var inner = ReadOr();
                Expect(")");
                return inner;
            }

            return ReadComparison();
        }
        finally
        {
            _depth--;
        }
    }

    private WiqlCondition ReadComparison()
    {
        var field = ReadField();
        var isEver = Take("EVER") || (Take("WAS") && Expect("EVER"));
        if (Take("IS"))
        {
            var isNot = Take("NOT");
            Expect("EMPTY");
            return Negated(isNot, new WiqlComparison(field, WiqlOperator.IsEmpty, []));
        }

        var negated = Take("NOT");
        var symbol = Next();
        switch (symbol.Text.ToUpperInvariant())
        {
            case "IN":
                return Negated(negated, new WiqlComparison(field, WiqlOperator.In, ReadList()));
            case "CONTAINS":
                var kind = Take("WORDS") ? WiqlOperator.ContainsWords : WiqlOperator.Contains;
                return Negated(negated, new WiqlComparison(field, kind, [ReadOperand()]));
            case "UNDER":
                return Negated(negated, new WiqlComparison(field, WiqlOperator.Under, [ReadOperand()]));
        }

        WiqlOperator? comparison = symbol.Kind != WiqlTokenKind.Symbol || negated ? null : symbol.Text switch
        {
            "=" => isEver ? WiqlOperator.Ever : WiqlOperator.Equal,
            "<>" => WiqlOperator.NotEqual,
            "<" => WiqlOperator.Less,
            ">" => WiqlOperator.Greater,
            "<=" => WiqlOperator.LessOrEqual,
            ">=" => WiqlOperator.GreaterOrEqual,
            _ => null,
        };
        return comparison is { } found
            ? new WiqlComparison(field, found, [ReadOperand()])
            : throw WiqlLexer.Unexpected(symbol.Text, symbol.Position);
    }

    private static WiqlCondition Negated(bool negated, WiqlCondition condition) => negated ? new WiqlNot(condition) : condition;

    private List<WiqlOperand> ReadList()
    {
        Expect("(");
        var list = new List<WiqlOperand> { ReadOperand() };
        while (Take(","))
        {
            list.Add(ReadOperand());
        }

        Expect(")");
        return list;
    }

    private WiqlOperand ReadOperand()
    {
        var isNegative = Take("-");
        var token = Next();
        switch (token.Kind)
        {
            case WiqlTokenKind.Number:
                var number = isNegative ? $"-{token.Text}" : token.Text;
                return new WiqlLiteral(number, number);
            case WiqlTokenKind.Text when !isNegative:
                return new WiqlLiteral(token.Text, $"'{token.Text}'");
            case WiqlTokenKind.Field when !isNegative:
                _at--;
                return new WiqlFieldOperand(ReadField(), token.Text);
            case WiqlTokenKind.Macro when !isNegative:
                var sign = Take("+") ? 1 : Take("-") ? -1 : 0;
                return new WiqlMacro(token.Text.ToLowerInvariant(), sign == 0 ? 0 : sign * ReadWhole(), token.Text);
            case WiqlTokenKind.Word when !isNegative && bool.TryParse(token.Text, out _):
                return new WiqlLiteral(token.Text, token.Text);
            default:
                throw WiqlLexer.Unexpected(token.Text, token.Position);
        }
    }

    private int ReadWhole()
    {
        var token = Next();
        return int.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number : throw WiqlLexer.Unexpected(token.Text, token.Position);
    }

    private FieldDefinition ReadField()
    {
        var token = Next();
        if (token.Kind is not (WiqlTokenKind.Field or WiqlTokenKind.Word))
        {
            throw WiqlLexer.Unexpected(token.Text, token.Position);
        }

        return _fields.Find(token.Text) ?? throw AdoError.Query(
            $"TF51005: The query references a field that does not exist. The error is caused by «[{token.Text}]».");
    }

    private WiqlToken Next() => _tokens[_at].Kind == WiqlTokenKind.End ? _tokens[_at] : _tokens[_at++];

    private bool Take(string word)
    {
        if (!Now.Is(word))
        {
            return false;
        }

        _at++;
        return true;
    }

    private bool Expect(string word) => Take(word) ? true : throw AdoError.Query(
        $"TF51006: The query statement is missing {word} at position {Now.Position}. The error is caused by «{Now.Text}».");
}
