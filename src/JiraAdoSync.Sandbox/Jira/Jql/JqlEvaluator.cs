using JiraAdoSync.Sandbox.Jira.Accounts;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Jql;

/// <summary>
/// Runs a query over what can be read. Names of fields, values and functions are checked first: what the site does not
/// have makes the query an error, whether or not an issue would ever be compared with it. An issue without a value is
/// found by <c>is EMPTY</c> and by no other comparison, not even by <c>!=</c>.
/// </summary>
internal sealed class JqlEvaluator(JiraSite site, JiraAccount? account, bool isLenient = false)
{
    public List<Issue> Run(JqlQuery query)
    {
        var matches = query.Where is null ? _ => true : Compile(query.Where);
        var sorts = query.OrderBy.Select(sort => (By: SortOf(sort.Field), sort.Descending)).ToList();
        var found = site.IssuesOf(account).Where(matches).OrderBy(_ => 0);
        foreach (var (by, descending) in sorts)
        {
            found = descending
                ? found.ThenByDescending(issue => by(site, issue), Comparer<IComparable?>.Default)
                : found.ThenBy(issue => by(site, issue), Comparer<IComparable?>.Default);
        }

        // Without an order of its own a search gives the newest first.
        return [.. found.ThenByDescending(issue => issue.Id)];
    }

    /// <summary>Says what of a query the site does not have, without running it.</summary>
    public void Check(JqlQuery query)
    {
        if (query.Where is not null)
        {
            Compile(query.Where);
        }

        foreach (var sort in query.OrderBy)
        {
            SortOf(sort.Field);
        }
    }

    private Func<JiraSite, Issue, IComparable?> SortOf(string name) =>
        Field(name).SortBy ?? throw new JiraError(400, $"Not able to sort using field '{name}'.");

    private JqlField Field(string name) => JqlField.Find(site, name)
        ?? throw new JiraError(400, $"Field '{name}' does not exist or you do not have permission to view it.");

    private Func<Issue, bool> Compile(JqlClause clause)
    {
        switch (clause)
        {
            case JqlAnd and:
                var (left, right) = (Compile(and.Left), Compile(and.Right));
                return issue => left(issue) && right(issue);
            case JqlOr or:
                var (one, other) = (Compile(or.Left), Compile(or.Right));
                return issue => one(issue) || other(issue);
            case JqlNot not:
                var inner = Compile(not.Inner);
                return issue => !inner(issue);
            default:
                return Compile((JqlComparison)clause);
        }
    }

    private Func<Issue, bool> Compile(JqlComparison comparison)
    {
        var field = Field(comparison.Field);
        if (!field.Allows(comparison.Operator))
        {
            throw new JiraError(
                400, $"The operator '{comparison.Operator}' is not supported by the '{comparison.Field}' field.");
        }

        if (comparison.Operand is JqlList && comparison.Operator is not ("in" or "not in"))
        {
            throw new JiraError(
                400, $"Operator '{comparison.Operator}' does not support list values for field '{comparison.Field}'.");
        }

        var operands = comparison.Operand is JqlList list ? Flatten(list).ToList() : [comparison.Operand];
        var negated = comparison.Operator is "!=" or "not in" or "!~" or "is not";
        if (comparison.Operator is "is" or "is not")
        {
            return issue => IsEmpty(field, issue) != negated;
        }

        // "Unresolved" is how people write that there is no resolution.
        var withEmpty = operands.RemoveAll(operand => operand is JqlEmpty
            || (operand is JqlValue { Text: var text } && field.Name == "resolution"
                && text.Equals("Unresolved", StringComparison.OrdinalIgnoreCase))) > 0;
        var matches = field.Kind switch
        {
            JqlFieldKind.Text => Words(field, operands),
            JqlFieldKind.Date => Dates(field, comparison, operands),
            JqlFieldKind.Issue => Issues(field, comparison, operands),
            JqlFieldKind.Custom when comparison.Operator is "~" or "!~" => Words(field, operands),
            JqlFieldKind.Custom when comparison.Operator is not ("=" or "!=" or "in" or "not in") =>
                Ordered(field, comparison, operands),
            _ when field.Rank is not null && comparison.Operator is "<" or "<=" or ">" or ">=" =>
                Ranked(field, comparison, operands),
            _ => Choices(field, comparison, operands),
        };
        return issue => IsEmpty(field, issue) ? withEmpty && !negated
            : negated ? !matches(issue) : matches(issue);
    }

    private static IEnumerable<JqlOperand> Flatten(JqlList list) =>
        list.Items.SelectMany(item => item is JqlList inner ? Flatten(inner) : [item]);

    private static bool IsEmpty(JqlField field, Issue issue) => field.Kind switch
    {
        JqlFieldKind.Text => field.Texts(issue).All(string.IsNullOrEmpty),
        JqlFieldKind.Date => field.Date(issue) is null,
        JqlFieldKind.Issue => field.Target(issue) is null,
        _ => !field.Ids(issue).Any(),
    };

    private static Func<Issue, bool> Words(JqlField field, List<JqlOperand> operands)
    {
        var terms = operands.Select(operand => new JqlText(operand is JqlValue value ? value.Text
            : throw new JiraError(400, $"A function can't be used with the field '{field.Name}'."))).ToList();
        return issue => field.Texts(issue).ToList() is var texts
            && terms.Exists(term => texts.Exists(term.IsIn) || term.IsIn(string.Join(' ', texts)));
    }

    private Func<Issue, bool> Choices(JqlField field, JqlComparison comparison, List<JqlOperand> operands)
    {
        var ids = operands.SelectMany(operand => operand switch
        {
            JqlValue value => Resolved(field, comparison, value.Text),
            JqlFunction { Name: var name } when name.Equals("currentUser", StringComparison.OrdinalIgnoreCase) =>
                account is null ? [] : [account.Id.ToUpperInvariant(), account.EmailAddress.ToUpperInvariant()],
            JqlFunction { Name: var name } when SprintState(name) is { } state =>
                site.Sprints.All.Where(sprint => sprint["state"].Text() == state)
                    .Select(sprint => sprint["id"].Text()!),
            JqlFunction function => throw NoFunction(function),
            _ => (IEnumerable<string>)[],
        }).ToHashSet();
        return issue => field.Ids(issue).Any(ids.Contains);
    }

    private List<string> Resolved(JqlField field, JqlComparison comparison, string text) =>
        field.Resolve(site, text).ToList() is { Count: > 0 } found ? found
            : throw new JiraError(400, $"The value '{text}' does not exist for the field '{comparison.Field}'.");

    private Func<Issue, bool> Ranked(JqlField field, JqlComparison comparison, List<JqlOperand> operands)
    {
        var asked = operands.OfType<JqlValue>().SelectMany(value => Resolved(field, comparison, value.Text))
            .Select(id => field.Rank!(site, id)).ToList();
        return issue => field.Ids(issue)
            .Any(id => asked.Exists(rank => Compares(comparison.Operator, rank.CompareTo(field.Rank!(site, id)))));
    }

    private static string? SprintState(string function) => function.ToUpperInvariant() switch
    {
        "OPENSPRINTS" => "active",
        "FUTURESPRINTS" => "future",
        "CLOSEDSPRINTS" => "closed",
        _ => null,
    };

    private Func<Issue, bool> Dates(JqlField field, JqlComparison comparison, List<JqlOperand> operands)
    {
        var now = site.Now;
        var dates = operands.Select(operand => operand switch
        {
            JqlValue value => JqlDate.Read(comparison.Field, value.Text, now),
            JqlFunction function => JqlDate.Function(function, now) ?? throw NoFunction(function),
            _ => now,
        }).ToList();
        return issue => dates.Exists(date => Compares(comparison.Operator, field.Date(issue)!.Value.CompareTo(date)));
    }

    private Func<Issue, bool> Issues(JqlField field, JqlComparison comparison, List<JqlOperand> operands)
    {
        var targets = operands.SelectMany(operand => operand switch
        {
            JqlValue value when isLenient && site.Readable(value.Text, account) is null => [],
            JqlValue value => [Existing(comparison.Field, value.Text)],
            JqlFunction { Name: var name } function when name.Equals(
                "linkedIssues", StringComparison.OrdinalIgnoreCase) => Linked(function),
            JqlFunction function => throw NoFunction(function),
            _ => (IEnumerable<Issue>)[],
        }).ToHashSet();
        if (comparison.Operator is "=" or "!=" or "in" or "not in")
        {
            return issue => targets.Contains(field.Target(issue)!);
        }

        // Keys are ordered within their project only.
        return issue => field.Target(issue) is { } found && targets.Any(target => target.Project == found.Project
            && Compares(comparison.Operator, found.Number.CompareTo(target.Number)));
    }

    private static Func<Issue, bool> Ordered(JqlField field, JqlComparison comparison, List<JqlOperand> operands)
    {
        var asked = operands.OfType<JqlValue>().Select(value => value.Text).FirstOrDefault() ?? "";
        return double.TryParse(asked, System.Globalization.CultureInfo.InvariantCulture, out var number)
            ? issue => field.Ids(issue)
                .Any(text => double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var value)
                && Compares(comparison.Operator, value.CompareTo(number)))
            : issue => field.Ids(issue)
                .Any(text => Compares(comparison.Operator, string.CompareOrdinal(text, asked.ToUpperInvariant())));
    }

    private Issue Existing(string field, string idOrKey) => site.Readable(idOrKey, account) ?? throw new JiraError(
        400,
        long.TryParse(idOrKey, out _)
            ? $"A value with ID '{idOrKey}' does not exist for the field '{field}'."
            : $"An issue with key '{idOrKey}' does not exist for field '{field}'.");

    private IEnumerable<Issue> Linked(JqlFunction function)
    {
        if (function.Arguments.Count == 0)
        {
            throw new JiraError(
                400, "Function 'linkedIssues' expected between '1' and '2' arguments but received '0'.");
        }

        var issue = Existing("key", function.Arguments[0]);
        var phrase = function.Arguments.ElementAtOrDefault(1);
        return issue.Links.Where(link => phrase is null || phrase.Equals(
                link.Source == issue ? link.Type.Outward : link.Type.Inward, StringComparison.OrdinalIgnoreCase))
            .Select(link => link.Source == issue ? link.Target : link.Source);
    }

    private static JiraError NoFunction(JqlFunction function) =>
        new(400, $"Unable to find JQL function '{function.Name}({string.Join(", ", function.Arguments)})'.");

    private static bool Compares(string comparison, int order) => comparison switch
    {
        "<" => order < 0,
        "<=" => order <= 0,
        ">" => order > 0,
        ">=" => order >= 0,
        _ => order == 0,
    };
}
