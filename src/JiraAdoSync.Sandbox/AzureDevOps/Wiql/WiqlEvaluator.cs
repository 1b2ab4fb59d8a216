using System.Globalization;

namespace JiraAdoSync.Sandbox.AzureDevOps.Wiql;

/// <summary>
/// Runs a flat query. Dates compare by day unless the request asks for <c>timePrecision</c>, and must then not have a time;
/// texts compare in any case; a field without a value equals only the empty text and is in no order.
/// </summary>
internal sealed class WiqlEvaluator(Organization organization, Project? project, bool timePrecision)
{
    public List<WorkItem> Run(WiqlQuery query)
    {
        var matches = query.Where is null ? _ => true : Compile(query.Where);
        var found = organization.Items.Where(item => !item.IsDeleted && matches(item)).OrderBy(_ => 0);
        foreach (var sort in query.OrderBy)
        {
            found = sort.Descending
                ? found.ThenByDescending(item => sort.Field.ValueOf(item), Order)
                : found.ThenBy(item => sort.Field.ValueOf(item), Order);
        }

        return [.. found.ThenBy(item => item.Id)];
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
            return item => field.ValueOf(item) is null or "";
        }

        if (comparison.Operands[0] is WiqlFieldOperand { Field: var otherField })
        {
            return item => Compare(comparison.Operator, field.ValueOf(item), otherField.ValueOf(item));
        }

        var values = comparison.Operands.Select(operand => Value(field, operand)).ToList();
        var first = values[0];
        return comparison.Operator switch
        {
            WiqlOperator.In => item => values.Exists(value => AreEqual(field, field.ValueOf(item), value)),
            WiqlOperator.Contains => item => Text(field.ValueOf(item)).Contains(Text(first), StringComparison.OrdinalIgnoreCase),
            WiqlOperator.ContainsWords => item => HasWords(Text(field.ValueOf(item)), Text(first)),
            WiqlOperator.Under => item => IsUnder(Text(field.ValueOf(item)), Text(first)),
            WiqlOperator.Ever => item => item.Updates.SelectMany(update => update.Fields)
                .Any(change => change.Field == field && AreEqual(field, change.New, first)),
            WiqlOperator.Equal => item => AreEqual(field, field.ValueOf(item), first),
            WiqlOperator.NotEqual => item => !AreEqual(field, field.ValueOf(item), first),
            var operation => item => Compare(operation, Precise(field.ValueOf(item)), first),
        };
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
            return operation == WiqlOperator.NotEqual ? value != asked : operation == WiqlOperator.Equal && value == asked;
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
        var found = text.Split([' ', '\t', '\r', '\n', ',', '.', ';', ':', '<', '>', '(', ')', '/'], StringSplitOptions.RemoveEmptyEntries);
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
                return int.TryParse(literal.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
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
                    ? throw AdoError.Query("You cannot supply a time with the date when running a query using date precision. "
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
            "@today" => today.AddDays(macro.Offset),
            "@startofday" => today.AddDays(macro.Offset),
            "@startofweek" => today.AddDays(-(int)today.DayOfWeek).AddDays(7 * macro.Offset),
            "@startofmonth" => new DateTime(today.Year, today.Month, 1, 0, 0, 0, DateTimeKind.Utc).AddMonths(macro.Offset),
            "@startofyear" => new DateTime(today.Year, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddYears(macro.Offset),
            _ => throw AdoError.Query($"TF51023: The macro {macro.Source} is unknown. The error is caused by «{macro.Source}»."),
        };
    }
}
