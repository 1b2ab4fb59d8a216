namespace JiraAdoSync.Sandbox.Jira.Jql;

/// <summary>
/// Reads <c>[clause] [ORDER BY field [ASC|DESC], ...]</c>. AND binds tighter than OR, NOT tighter than both; the words
/// of the language count in any case, and never in quotes.
/// </summary>
internal sealed class JqlParser
{
    private const int DepthLimit = 200;
    private const string Operators = "'=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'";

    private static readonly string[] Comparisons = ["=", "!=", "<", ">", "<=", ">=", "~", "!~"];
    private static readonly string[] Keywords =
        ["and", "or", "not", "in", "is", "order", "by", "empty", "null", "asc", "desc"];

    private readonly List<JqlToken> _tokens;
    private int _at;
    private int _depth;

    private JqlParser(string jql) => _tokens = JqlLexer.Read(jql);

    private JqlToken Now => _tokens[_at];

    public static JqlQuery Parse(string jql) => new JqlParser(jql).ReadQuery();

    private JqlQuery ReadQuery()
    {
        var where = Now.Kind == JqlTokenKind.End || Now.Is("ORDER") ? null : ReadOr();
        var sorts = new List<JqlSort>();
        if (Take("ORDER"))
        {
            if (!Take("BY"))
            {
                throw JiraError.Syntax($"Expecting 'by' but got '{Now.Text}'. {Now.Position}");
            }

            do
            {
                var field = ReadField();
                var descending = Take("DESC");
                _ = !descending && Take("ASC");
                sorts.Add(new JqlSort(field, descending));
            }
            while (Take(","));
        }

        return Now.Kind == JqlTokenKind.End ? new JqlQuery(where, sorts) : throw JiraError.Syntax(
            sorts.Count > 0 ? $"Expecting ',' but got '{Now.Text}'. {Now.Position}"
                : $"Expecting either 'OR' or 'AND' but got '{Now.Text}'. {Now.Position}");
    }

    private JqlClause ReadOr()
    {
        var left = ReadAnd();
        while (Take("OR") || Take("||"))
        {
            left = new JqlOr(left, ReadAnd());
        }

        return left;
    }

    private JqlClause ReadAnd()
    {
        var left = ReadNot();
        while (Take("AND") || Take("&&"))
        {
            left = new JqlAnd(left, ReadNot());
        }

        return left;
    }

    private JqlClause ReadNot()
    {
        if (++_depth > DepthLimit)
        {
            throw JiraError.Syntax("The query is nested too deeply.");
        }

        try
        {
            if (Take("NOT") || Take("!"))
            {
                return new JqlNot(ReadNot());
            }

            if (Take("("))
            {
                var inner = ReadOr();
                return Take(")")
                    ? inner
                    : throw JiraError.Syntax($"Expecting ')' before the end of the query. {Now.Position}");
            }

            return ReadComparison();
        }
        finally
        {
            _depth--;
        }
    }

    private JqlComparison ReadComparison()
    {
        var field = ReadField();
        if (Take("IS"))
        {
            var negated = Take("NOT");
            return TakeEmpty() ? new JqlComparison(field, negated ? "is not" : "is", new JqlEmpty())
                : throw JiraError.Syntax($"Expecting either 'EMPTY' or 'NULL' but got '{Now.Text}'. {Now.Position}");
        }

        if (Take("IN"))
        {
            return new JqlComparison(field, "in", ReadList());
        }

        if (Now.Is("NOT") && _tokens[_at + 1].Is("IN"))
        {
            _at += 2;
            return new JqlComparison(field, "not in", ReadList());
        }

        if (Now.Kind == JqlTokenKind.Symbol && Comparisons.Contains(Now.Text))
        {
            var comparison = _tokens[_at++].Text;
            return new JqlComparison(field, comparison, ReadOperand());
        }

        throw Now.Kind == JqlTokenKind.End
            ? JiraError.Syntax($"Expecting operator before the end of the query. The valid operators are {Operators}.")
            : JiraError.Syntax(
                $"Expecting operator but got '{Now.Text}'. The valid operators are {Operators}. {Now.Position}");
    }

    private JqlOperand ReadList()
    {
        if (Now.Kind is JqlTokenKind.Word && _tokens[_at + 1].Is("("))
        {
            return ReadOperand();
        }

        if (!Take("("))
        {
            throw JiraError.Syntax($"Expecting '(' but got '{Now.Text}'. {Now.Position}");
        }

        var items = new List<JqlOperand> { ReadOperand() };
        while (Take(","))
        {
            items.Add(ReadOperand());
        }

        return Take(")") ? new JqlList(items) : throw JiraError.Syntax(
            Now.Kind == JqlTokenKind.End
                ? "Expecting ')' before the end of the query."
                : $"Expecting ')' but got '{Now.Text}'. {Now.Position}");
    }

    private JqlOperand ReadOperand()
    {
        if (TakeEmpty())
        {
            return new JqlEmpty();
        }

        if (Now.Is("("))
        {
            return ReadList();
        }

        var token = Now;
        if (token.Kind == JqlTokenKind.Text)
        {
            _at++;
            return new JqlValue(token.Text);
        }

        if (token.Kind != JqlTokenKind.Word || Keywords.Contains(token.Text, StringComparer.OrdinalIgnoreCase))
        {
            throw token.Kind == JqlTokenKind.End
                ? JiraError.Syntax("Expecting either a value, list or function before the end of the query.")
                : JiraError.Syntax(
                    $"Expecting either a value, list or function but got '{token.Text}'. You must surround "
                    + $"'{token.Text}' in quotation marks to use it as a value. {token.Position}");
        }

        _at++;
        return Now.Is("(") ? ReadFunction(token.Text) : new JqlValue(token.Text);
    }

    private JqlFunction ReadFunction(string name)
    {
        _at++;
        var arguments = new List<string>();
        while (!Take(")"))
        {
            if (Now.Kind is not (JqlTokenKind.Word or JqlTokenKind.Text))
            {
                throw JiraError.Syntax($"Expecting ')' or an argument but got '{Now.Text}'. {Now.Position}");
            }

            arguments.Add(_tokens[_at++].Text);
            if (!Take(",") && !Now.Is(")"))
            {
                throw JiraError.Syntax($"Expecting ')' or ',' but got '{Now.Text}'. {Now.Position}");
            }
        }

        return new JqlFunction(name, arguments);
    }

    private string ReadField()
    {
        var token = Now;
        if (token.Kind == JqlTokenKind.Text
            || (token.Kind == JqlTokenKind.Word && !Keywords.Contains(token.Text, StringComparer.OrdinalIgnoreCase)))
        {
            _at++;
            return token.Text;
        }

        throw token.Kind == JqlTokenKind.End
            ? JiraError.Syntax("Expecting a field name at the end of the query.")
            : JiraError.Syntax(
                $"Expecting a field name but got '{token.Text}'. You must surround '{token.Text}' in quotation marks "
                + $"to use it as a field name. {token.Position}");
    }

    private bool TakeEmpty() => Take("EMPTY") || Take("NULL");

    private bool Take(string word)
    {
        if (!Now.Is(word))
        {
            return false;
        }

        _at++;
        return true;
    }
}
