using System.Globalization;
using System.Runtime.CompilerServices;
using JiraAdoSync.Sandbox.AzureDevOps.Accounts;
using JiraAdoSync.Sandbox.AzureDevOps.Projects;
using JiraAdoSync.Sandbox.AzureDevOps.Relations;
using JiraAdoSync.Sandbox.AzureDevOps.Types;
using JiraAdoSync.Sandbox.AzureDevOps.WorkItems;

namespace JiraAdoSync.Sandbox.AzureDevOps.Wiql;

/// <summary>
/// Runs a query. Dates compare by day unless the request asks for <c>timePrecision</c>, and must then not have a time;
/// texts compare in any case; a field without a value equals only the empty text and is in no order. A query
/// <c>ASOF</c> a date reads fields and links as they were.
/// </summary>
internal sealed class WiqlEvaluator(Organization organization, Project? project, bool timePrecision, DateTime? asOf)
{
    private readonly Dictionary<WorkItem, WorkItemAt> _past = [];

    /// <summary>The work items that a flat query finds, in its order.</summary>
    public List<WorkItem> Run(WiqlQuery query) => Sort(Items(query.Where is null ? [] : [query.Where]), query.OrderBy);

    /// <summary>The rows of a query of links: an item on its own first, then those that its links lead to.</summary>
    public List<WiqlRow> RunLinks(WiqlQuery query, WiqlLinks links)
    {
        var types = RelationTypes.All
            .Where(type => type.Link is not null && links.OfLink.All(one => Fits(one, type))).ToHashSet();
        var sources = Sort(Items(links.OfSource), query.OrderBy);
        var fits = Items(links.OfTarget).ToHashSet();
        return links.Mode is WiqlMode.Recursive or WiqlMode.RecursiveReturnMatchingChildren
            ? Tree(query, links.Mode, sources, fits, types) : OneHop(query, links.Mode, sources, fits, types);
    }

    private List<WiqlRow> OneHop(
        WiqlQuery query, WiqlMode mode, List<WorkItem> sources, HashSet<WorkItem> fits, HashSet<RelationType> types)
    {
        var rows = new List<WiqlRow>();
        foreach (var source in sources)
        {
            var below = Below(query, source, fits, types);
            if (mode == WiqlMode.MayContain || below.Count > 0 == (mode == WiqlMode.MustContain))
            {
                rows.Add(new WiqlRow(null, null, source));
                rows.AddRange(below);
            }
        }

        return rows;
    }

    private List<WiqlRow> Tree(
        WiqlQuery query, WiqlMode mode, List<WorkItem> sources, HashSet<WorkItem> fits, HashSet<RelationType> types)
    {
        if (types.Count != 1 || types.Single() is not { IsForward: true, Link.IsTree: true })
        {
            throw AdoError.Query(
                "A tree query needs one link type, the forward end of a tree. The error is caused by «Recursive».");
        }

        // What fits may be below what does not, where the way from the top to it is asked for.
        var ofMatches = mode == WiqlMode.RecursiveReturnMatchingChildren;
        var all = ofMatches ? Items([]).ToHashSet() : fits;
        var leads = new Dictionary<WorkItem, bool>();
        var rows = new List<WiqlRow>();
        var below = sources.SelectMany(source => Below(query, source, all, types)).Select(row => row.Target)
            .ToHashSet();
        var open = new Stack<WorkItem>(below);
        while (open.TryPop(out var item))
        {
            foreach (var next in Below(query, item, all, types).Where(row => below.Add(row.Target)))
            {
                open.Push(next.Target);
            }
        }

        foreach (var top in sources.Where(source => !below.Contains(source) && Leads(source)))
        {
            rows.Add(new WiqlRow(null, null, top));
            Descend(top);
        }

        return rows;

        void Descend(WorkItem item)
        {
            // Parents are 220 levels deep at most, duplicates of duplicates have no such limit.
            RuntimeHelpers.EnsureSufficientExecutionStack();
            foreach (var row in Below(query, item, all, types).Where(row => Leads(row.Target)))
            {
                rows.Add(row);
                Descend(row.Target);
            }
        }

        bool Leads(WorkItem item)
        {
            if (!ofMatches)
            {
                return true;
            }

            RuntimeHelpers.EnsureSufficientExecutionStack();
            if (!leads.TryGetValue(item, out var known))
            {
                known = fits.Contains(item) || Below(query, item, all, types).Exists(row => Leads(row.Target));
                leads[item] = known;
            }

            return known;
        }
    }

    private List<WiqlRow> Below(WiqlQuery query, WorkItem source, HashSet<WorkItem> fits, HashSet<RelationType> types)
    {
        var rows = Relations(source)
            .Where(relation => types.Contains(relation.Type) && fits.Contains(relation.Target!)).ToList();
        return rows.Count < 2
            ? [.. rows.Select(relation => new WiqlRow(relation.Type, source, relation.Target!))]
            : [.. Sort(rows.Select(relation => relation.Target!).Distinct(), query.OrderBy)
                .SelectMany(target => rows.Where(relation => relation.Target == target))
                .Select(relation => new WiqlRow(relation.Type, source, relation.Target!))];
    }

    private List<WorkItem> Items(IReadOnlyList<WiqlCondition> conditions)
    {
        var matches = conditions.Select(Compile).ToList();
        return [.. organization.ReadableItems.Where(item => !item.IsDeleted && (asOf is null || Past(item).Exists)
            && matches.TrueForAll(match => match(item)))];
    }

    private List<WorkItem> Sort(IEnumerable<WorkItem> items, IReadOnlyList<WiqlSort> sorts)
    {
        var sorted = items.OrderBy(_ => 0);
        foreach (var sort in sorts)
        {
            sorted = sort.Descending
                ? sorted.ThenByDescending(item => Read(item, sort.Field), Order)
                : sorted.ThenBy(item => Read(item, sort.Field), Order);
        }

        return [.. sorted.ThenBy(item => item.Id)];
    }

    private object? Read(WorkItem item, FieldDefinition field) =>
        asOf is null ? field.ValueOf(item) : Past(item).ValueOf(field);

    private IEnumerable<Relation> Relations(WorkItem item) =>
        (asOf is null ? item.Relations() : Past(item).Relations)
            .Where(relation => relation.Target is { IsDeleted: false });

    private WorkItemAt Past(WorkItem item)
    {
        if (!_past.TryGetValue(item, out var past))
        {
            _past.Add(item, past = new WorkItemAt(item, asOf!.Value));
        }

        return past;
    }

    private static bool Fits(WiqlCondition condition, RelationType type)
    {
        switch (condition)
        {
            case WiqlAnd and:
                return Fits(and.Left, type) && Fits(and.Right, type);
            case WiqlOr or:
                return Fits(or.Left, type) || Fits(or.Right, type);
            case WiqlNot not:
                return !Fits(not.Inner, type);
            case WiqlComparison { Operator: WiqlOperator.Equal or WiqlOperator.NotEqual or WiqlOperator.In } comparison:
                var isNamed = comparison.Operands.Select(operand => operand is WiqlLiteral literal
                    ? literal.Text.Length > 0 && RelationTypes.Find(literal.Text) is null
                        ? throw AdoError.Query(
                            $"The link type does not exist. The error is caused by «{literal.Source}».")
                        : literal.Text.Equals(type.ReferenceName, StringComparison.OrdinalIgnoreCase)
                    : throw WiqlLexer.Unexpected(operand.Source, comparison.Position)).ToList().Contains(true);
                return isNamed != (comparison.Operator == WiqlOperator.NotEqual);
            default:
                throw WiqlLexer.Unexpected("System.Links.LinkType", ((WiqlComparison)condition).Position);
        }
    }

    private static Comparer<object?> Order { get; } = Comparer<object?>.Create((left, right) => (left, right) switch
    {
        (null, null) => 0,
        (null, _) => -1,
        (_, null) => 1,
        (int or double, int or double) => Number(left).CompareTo(Number(right)),
        (DateTime one, DateTime other) => one.CompareTo(other),
        _ => string.Compare(left.ToString(), right.ToString(), StringComparison.OrdinalIgnoreCase),
    });

    private static double Number(object value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);

    private Func<WorkItem, bool> Compile(WiqlCondition condition)
    {
        switch (condition)
        {
            case WiqlAnd and:
                var (left, right) = (Compile(and.Left), Compile(and.Right));
                return item => left(item) && right(item);
            case WiqlOr or:
                var (one, other) = (Compile(or.Left), Compile(or.Right));
                return item => one(item) || other(item);
            case WiqlNot not:
                var inner = Compile(not.Inner);
                return item => !inner(item);
            default:
                return Compile((WiqlComparison)condition);
        }
    }

    private Func<WorkItem, bool> Compile(WiqlComparison comparison)
    {
        var field = comparison.Field;
        if (comparison.Operator == WiqlOperator.IsEmpty)
        {
            return item => Read(item, field) is null or "";
        }

        if (comparison.Operands[0] is WiqlFieldOperand { Field: var otherField })
        {
            return item => Compare(comparison.Operator, Read(item, field), Read(item, otherField));
        }

        var values = comparison.Operands.Select(operand => Value(field, operand)).ToList();
        var first = values[0];
        return comparison.Operator switch
        {
            WiqlOperator.InGroup => InGroup(field, Text(first)),
            WiqlOperator.In => item => values.Exists(value => AreEqual(field, Read(item, field), value)),
            WiqlOperator.Contains => item =>
                Text(Read(item, field)).Contains(Text(first), StringComparison.OrdinalIgnoreCase),
            WiqlOperator.ContainsWords => item => HasWords(Text(Read(item, field)), Text(first)),
            WiqlOperator.Under => item => IsUnder(Text(Read(item, field)), Text(first)),
            WiqlOperator.Ever => item => item.Updates
                .Where(update => asOf is null || update.Date <= asOf).SelectMany(update => update.Fields)
                .Any(change => change.Field == field && AreEqual(field, change.New, first)),
            WiqlOperator.Equal => item => AreEqual(field, Read(item, field), first),
            WiqlOperator.NotEqual => item => !AreEqual(field, Read(item, field), first),
            var operation => item => Compare(operation, Precise(Read(item, field)), first),
        };
    }

    /// <summary>
    /// Work item types by category; every other group is of people, and the sandbox has none of those.
    /// </summary>
    private Func<WorkItem, bool> InGroup(FieldDefinition field, string name)
    {
        if (field != FieldCatalog.WorkItemType)
        {
            return _ => false;
        }

        var types = organization.Projects.SelectMany(TypeCategory.Of)
            .Where(category => category.ReferenceName.Equals(name, StringComparison.OrdinalIgnoreCase))
            .SelectMany(category => category.Types).Select(type => type.Name).ToHashSet();
        return types.Count > 0 ? item =>
            types.Contains(Text(Read(item, field))) : throw AdoError.CategoryMissing(name, 400);
    }

    private bool AreEqual(FieldDefinition field, object? value, object? asked) => (value, asked) switch
    {
        (null, null or "") => true,
        (null, _) or (_, null) => false,
        (Person person, string text) => person.IsCalled(text),
        (Person person, Person other) => person.Equals(other),
        (string tags, string tag) when field == FieldCatalog.Tags =>
            TagList.Split(tags).Contains(tag, StringComparer.OrdinalIgnoreCase),
        _ => Order.Compare(Precise(value), asked) == 0,
    };

    private static bool Compare(WiqlOperator operation, object? value, object? asked)
    {
        if (value is null || asked is null)
        {
            return operation == WiqlOperator.NotEqual ? value != asked : operation == WiqlOperator.Equal
                && value == asked;
        }

        var order = Order.Compare(value, asked);
        return operation switch
        {
            WiqlOperator.Equal => order == 0,
            WiqlOperator.NotEqual => order != 0,
            WiqlOperator.Less => order < 0,
            WiqlOperator.Greater => order > 0,
            WiqlOperator.LessOrEqual => order <= 0,
            _ => order >= 0,
        };
    }

    private object? Precise(object? value) => value is DateTime date && !timePrecision ? date.Date : value;

    private static string Text(object? value) => value?.ToString() ?? "";

    private static bool IsUnder(string path, string root) =>
        path.Equals(root, StringComparison.OrdinalIgnoreCase)
        || path.StartsWith(root.TrimEnd('\\') + "\\", StringComparison.OrdinalIgnoreCase);

    private static bool HasWords(string text, string words)
    {
        var found = text.Split([' ', '\t', '\r', '\n', ',', '.', ';', ':', '<', '>', '(', ')', '/'],
            StringSplitOptions.RemoveEmptyEntries);
        return words.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(word => word.EndsWith('*')
            ? found.Any(one => one.StartsWith(word[..^1], StringComparison.OrdinalIgnoreCase))
            : found.Contains(word, StringComparer.OrdinalIgnoreCase));
    }

    private object? Value(FieldDefinition field, WiqlOperand operand) => operand switch
    {
        WiqlMacro macro => Macro(macro),
        WiqlLiteral { Text: "" } => "",
        WiqlLiteral literal => Literal(field, literal),
        _ => throw WiqlLexer.Unexpected(operand.Source, 0),
    };

    private object? Literal(FieldDefinition field, WiqlLiteral literal)
    {
        switch (field.Type)
        {
            case FieldType.Integer:
                return int.TryParse(
                    literal.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
                    ? whole : throw WrongType(literal);
            case FieldType.Double:
                return double.TryParse(literal.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                    ? number : throw WrongType(literal);
            case FieldType.Boolean:
                return bool.TryParse(literal.Text, out var flag) ? flag
                    : literal.Text is "0" or "1" ? literal.Text == "1" : throw WrongType(literal);
            case FieldType.DateTime:
                var date = FieldValue.ReadDate(literal.Text) ?? throw WrongType(literal);
                return !timePrecision && HasTime(literal.Text)
                    ? throw AdoError.Query(
                        "You cannot supply a time with the date when running a query using date precision. "
                        + $"The error is caused by «{literal.Source}».")
                    : date;
            default:
                return literal.Text;
        }
    }

    private static bool HasTime(string text) => text.Contains(':', StringComparison.Ordinal);

    private static AdoError WrongType(WiqlLiteral literal) => AdoError.Query(
        $"TF51011: The specified value has the wrong type for the field. The error is caused by «{literal.Source}».");

    private object? Macro(WiqlMacro macro)
    {
        var today = organization.Now.Date;
        return macro.Name switch
        {
            "@project" => project?.Name ?? throw AdoError.Query(
                $"TF51020: The macro @project needs a project in the address. The error is caused by «{macro.Source}»."),
            "@me" => organization.Account.DisplayName,
            "@today" or "@startofday" => Moved(today, 'd'),
            "@startofweek" => Moved(today.AddDays(-(int)today.DayOfWeek), 'w'),
            "@startofmonth" => Moved(new DateTime(today.Year, today.Month, 1, 0, 0, 0, DateTimeKind.Utc), 'M'),
            "@startofyear" => Moved(new DateTime(today.Year, 1, 1, 0, 0, 0, DateTimeKind.Utc), 'y'),
            _ => throw AdoError.Query(
                $"TF51023: The macro {macro.Source} is unknown. The error is caused by «{macro.Source}»."),
        };

        // The end of the calendar is as far as one can ask.
        DateTime Moved(DateTime date, char unit)
        {
            try
            {
                return (macro.Unit ?? unit) switch
                {
                    'd' => date.AddDays(macro.Offset),
                    'w' => date.AddDays(7 * macro.Offset),
                    'M' => date.AddMonths(macro.Offset),
                    _ => date.AddYears(macro.Offset),
                };
            }
            catch (ArgumentOutOfRangeException)
            {
                throw AdoError.Query($"TF51011: The date is out of range. The error is caused by «{macro.Source}».");
            }
        }
    }
}

/// <summary>A row of a query of links; one without a source is at the top.</summary>
internal sealed record WiqlRow(RelationType? Type, WorkItem? Source, WorkItem Target);
