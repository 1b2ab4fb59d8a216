namespace JiraAdoSync.Sandbox.AzureDevOps.Wiql;

/// <summary>A query as it was read; names of fields are resolved.</summary>
internal sealed record WiqlQuery(
    IReadOnlyList<FieldDefinition> Columns, bool OfLinks, WiqlCondition? Where, IReadOnlyList<WiqlSort> OrderBy, DateTime? AsOf);

internal sealed record WiqlSort(FieldDefinition Field, bool Descending);

/// <summary>A condition on a work item.</summary>
internal abstract record WiqlCondition;

internal sealed record WiqlAnd(WiqlCondition Left, WiqlCondition Right) : WiqlCondition;

internal sealed record WiqlOr(WiqlCondition Left, WiqlCondition Right) : WiqlCondition;

internal sealed record WiqlNot(WiqlCondition Inner) : WiqlCondition;

internal sealed record WiqlComparison(FieldDefinition Field, WiqlOperator Operator, IReadOnlyList<WiqlOperand> Operands) : WiqlCondition;

internal enum WiqlOperator
{
    Equal,
    NotEqual,
    Less,
    Greater,
    LessOrEqual,
    GreaterOrEqual,
    In,
    Contains,
    ContainsWords,
    Under,
    Ever,
    IsEmpty,
}

/// <summary>What a field is compared with; the position is that of its text in the query.</summary>
internal abstract record WiqlOperand(string Source);

internal sealed record WiqlLiteral(string Text, string Source) : WiqlOperand(Source);

internal sealed record WiqlMacro(string Name, int Offset, string Source) : WiqlOperand(Source);

internal sealed record WiqlFieldOperand(FieldDefinition Field, string Source) : WiqlOperand(Source);
