using System.Globalization;
using JiraAdoSync.Sandbox.AzureDevOps.Types;

namespace JiraAdoSync.Sandbox.AzureDevOps.Wiql;

/// <summary>
/// Reads <c>SELECT fields FROM WorkItems [WHERE condition] [ORDER BY fields] [ASOF date]</c>. AND binds tighter than
/// OR, NOT tighter than both.
/// <para>
/// A query of links, <c>FROM WorkItemLinks ... [MODE (mode)]</c>, has conditions on the source, on the target and on
/// the link, distinguished by <c>[Source].</c> and <c>[Target].</c>; what AND joins at the top is about one of the
/// three each.
/// </para>
/// </summary>
internal sealed class WiqlParser
{
    private const int LengthLimit = 32_000;
    private const int DepthLimit = 200;

    /// <summary>What queries of links compare the type of a link by; no work item has it.</summary>
    private static readonly FieldDefinition LinkType = new("System.Links.LinkType", "Link Type", FieldType.String);

    private readonly FieldCatalog _fields;
    private readonly List<WiqlToken> _tokens;
    private int _at;
    private int _depth;
    private bool _ofLinks;

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

        _ofLinks = ofLinks;
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

        var mode = ofLinks && Take("MODE") ? ReadMode() : WiqlMode.MustContain;
        if (Now.Kind != WiqlTokenKind.End)
        {
            throw WiqlLexer.Unexpected(Now.Text, Now.Position);
        }

        return new WiqlQuery(columns, ofLinks ? null : where, sorts, asOf)
        {
            Links = ofLinks ? SplitLinks(where, mode) : null,
        };
    }

    private WiqlMode ReadMode()
    {
        Expect("(");
        var name = Next();
        var found = Enum.TryParse<WiqlMode>(name.Text, ignoreCase: true, out var mode)
            && name.Kind == WiqlTokenKind.Word;
        if (found && mode == WiqlMode.Recursive && Take(","))
        {
            Expect("ReturnMatchingChildren");
            mode = WiqlMode.RecursiveReturnMatchingChildren;
        }

        Expect(")");
        return found ? mode : throw WiqlLexer.Unexpected(name.Text, name.Position);
    }

    private static WiqlLinks SplitLinks(WiqlCondition? where, WiqlMode mode)
    {
        var parts = new Dictionary<WiqlSide, List<WiqlCondition>>();
        foreach (var condition in where is null ? [] : Conjuncts(where))
        {
            var comparisons = Comparisons(condition).ToList();
            var side = comparisons[0].Side;
            if (comparisons.Find(one => one.Side != side) is { } other)
            {
                throw WiqlLexer.Unexpected(other.Field.ReferenceName, other.Position);
            }

            parts[side] = [.. parts.GetValueOrDefault(side) ?? [], condition];
        }

        return new WiqlLinks(Of(WiqlSide.Source), Of(WiqlSide.Target), Of(WiqlSide.Link), mode);

        List<WiqlCondition> Of(WiqlSide side) => parts.GetValueOrDefault(side) ?? [];
    }

    private static IEnumerable<WiqlCondition> Conjuncts(WiqlCondition condition) =>
        condition is WiqlAnd and ? Conjuncts(and.Left).Concat(Conjuncts(and.Right)) : [condition];

    private static IEnumerable<WiqlComparison> Comparisons(WiqlCondition condition) => condition switch
    {
        WiqlAnd and => Comparisons(and.Left).Concat(Comparisons(and.Right)),
        WiqlOr or => Comparisons(or.Left).Concat(Comparisons(or.Right)),
        WiqlNot not => Comparisons(not.Inner),
        _ => [(WiqlComparison)condition],
    };

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
        // Both EVER [field] = value and [field] EVER value are written.
        var isEver = Take("EVER");
        var position = Now.Position;
        var (field, side) = ReadSided();
        if (side == WiqlSide.Item == _ofLinks)
        {
            throw WiqlLexer.Unexpected(field.ReferenceName, position);
        }

        isEver |= Take("EVER") || (Take("WAS") && Expect("EVER"));
        if (isEver)
        {
            _ = Take("=");
            return Comparison(WiqlOperator.Ever, [ReadOperand()]);
        }

        if (Take("IS"))
        {
            var isNot = Take("NOT");
            Expect("EMPTY");
            return Negated(isNot, Comparison(WiqlOperator.IsEmpty, []));
        }

        var negated = Take("NOT");
        var symbol = Next();
        switch (symbol.Text.ToUpperInvariant())
        {
            case "IN" when Take("GROUP"):
                return Negated(negated, Comparison(WiqlOperator.InGroup, [ReadOperand()]));
            case "IN":
                return Negated(negated, Comparison(WiqlOperator.In, ReadList()));
            case "CONTAINS":
                var kind = Take("WORDS") ? WiqlOperator.ContainsWords : WiqlOperator.Contains;
                return Negated(negated, Comparison(kind, [ReadOperand()]));
            case "UNDER":
                return Negated(negated, Comparison(WiqlOperator.Under, [ReadOperand()]));
        }

        WiqlOperator? comparison = symbol.Kind != WiqlTokenKind.Symbol || negated ? null : symbol.Text switch
        {
            "=" => WiqlOperator.Equal,
            "<>" => WiqlOperator.NotEqual,
            "<" => WiqlOperator.Less,
            ">" => WiqlOperator.Greater,
            "<=" => WiqlOperator.LessOrEqual,
            ">=" => WiqlOperator.GreaterOrEqual,
            _ => null,
        };
        return comparison is { } found
            ? Comparison(found, [ReadOperand()])
            : throw WiqlLexer.Unexpected(symbol.Text, symbol.Position);

        WiqlComparison Comparison(WiqlOperator operation, IReadOnlyList<WiqlOperand> operands) =>
            new(field, operation, operands) { Side = side, Position = position };
    }

    private static WiqlCondition Negated(bool negated, WiqlCondition condition) =>
        negated ? new WiqlNot(condition) : condition;

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
                return ReadMacro(token);
            case WiqlTokenKind.Word when !isNegative && bool.TryParse(token.Text, out _):
                return new WiqlLiteral(token.Text, token.Text);
            default:
                throw WiqlLexer.Unexpected(token.Text, token.Position);
        }
    }

    /// <summary>A macro alone, with <c>- 7</c> behind it, or with <c>('-7d')</c>.</summary>
    private WiqlMacro ReadMacro(WiqlToken macro)
    {
        var name = macro.Text.ToLowerInvariant();
        var sign = Take("+") ? 1 : Take("-") ? -1 : 0;
        if (sign != 0)
        {
            var number = Next();
            return new WiqlMacro(name, sign * Whole(number.Text, number), null, macro.Text);
        }

        if (!name.StartsWith("@startof", StringComparison.Ordinal) || !Take("("))
        {
            return new WiqlMacro(name, 0, null, macro.Text);
        }

        var text = Next();
        Expect(")");
        var unit = text.Text.Length > 0 && char.IsAsciiLetter(text.Text[^1]) ? text.Text[^1] : (char?)null;
        return unit is null or 'd' or 'w' or 'M' or 'y'
            ? new WiqlMacro(name, Whole(unit is null ? text.Text : text.Text[..^1], text), unit, macro.Text)
            : throw WiqlLexer.Unexpected(text.Text, text.Position);
    }

    // Four digits reach as far as dates do.
    private static int Whole(string text, WiqlToken token) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        && number is > -10_000 and < 10_000
            ? number : throw WiqlLexer.Unexpected(token.Text, token.Position);

    private FieldDefinition ReadField() => ReadSided().Field;

    private (FieldDefinition Field, WiqlSide Side) ReadSided()
    {
        var token = Next();
        if (token.Kind is not (WiqlTokenKind.Field or WiqlTokenKind.Word))
        {
            throw WiqlLexer.Unexpected(token.Text, token.Position);
        }

        // [Source].[System.Id], Source.[System.Id] and Source.System.Id are the same.
        var (side, name) = (WiqlSide.Item, token.Text);
        if (SideOf(token.Text) is { } alone && Take("."))
        {
            (side, name) = (alone, Next().Text);
        }
        else if (token.Text.Split('.', 2) is [var first, var rest] && SideOf(first) is { } prefix)
        {
            (side, name) = (prefix, rest.Length > 0 ? rest : Next().Text);
        }

        if (_ofLinks && LinkType.ReferenceName.Equals(name, StringComparison.OrdinalIgnoreCase))
        {
            return (LinkType, WiqlSide.Link);
        }

        return (_fields.Find(name) ?? throw AdoError.Query(
            $"TF51005: The query references a field that does not exist. The error is caused by «[{name}]»."), side);
    }

    private static WiqlSide? SideOf(string text) =>
        text.Equals("Source", StringComparison.OrdinalIgnoreCase) ? WiqlSide.Source
        : text.Equals("Target", StringComparison.OrdinalIgnoreCase) ? WiqlSide.Target : null;

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
