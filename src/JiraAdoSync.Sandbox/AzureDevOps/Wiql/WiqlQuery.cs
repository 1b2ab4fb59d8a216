using JiraAdoSync.Sandbox.AzureDevOps.Types;

namespace JiraAdoSync.Sandbox.AzureDevOps.Wiql;

/// <summary>A query as it was read; names of fields are resolved.</summary>
internal sealed record WiqlQuery(
    IReadOnlyList<FieldDefinition> Columns, WiqlCondition? Where, IReadOnlyList<WiqlSort> OrderBy, DateTime? AsOf)
{
    /// <summary>What a query of links asks beside; null for a flat one.</summary>
    public WiqlLinks? Links { get; init; }
}

/// <summary>The parts of a query of links, each a condition on one thing, and how they go together.</summary>
internal sealed record WiqlLinks(
    IReadOnlyList<WiqlCondition> OfSource, IReadOnlyList<WiqlCondition> OfTarget, IReadOnlyList<WiqlCondition> OfLink,
    WiqlMode Mode);

/// <summary>Which sources a query of links lists.</summary>
internal enum WiqlMode
{
    /// <summary>Those with a link that fits.</summary>
    MustContain,

    /// <summary>All, with the links that fit.</summary>
    MayContain,

    /// <summary>Those without a link that fits.</summary>
    DoesNotContain,

    /// <summary>Those at the top of a tree, with what fits below them.</summary>
    Recursive,

    /// <summary>Those that fit anywhere in a tree, with all their ancestors.</summary>
    RecursiveReturnMatchingChildren,
}

internal sealed record WiqlSort(FieldDefinition Field, bool Descending);

/// <summary>What a condition of a query of links is about; in a flat query all are about the item.</summary>
internal enum WiqlSide
{
    Item,
    Source,
    Target,
    Link,
}

/// <summary>A condition on a work item or a link.</summary>
internal abstract record WiqlCondition;

internal sealed record WiqlAnd(WiqlCondition Left, WiqlCondition Right) : WiqlCondition;

internal sealed record WiqlOr(WiqlCondition Left, WiqlCondition Right) : WiqlCondition;

internal sealed record WiqlNot(WiqlCondition Inner) : WiqlCondition;

internal sealed record WiqlComparison(FieldDefinition Field, WiqlOperator Operator, IReadOnlyList<WiqlOperand> Operands)
    : WiqlCondition
{
    public WiqlSide Side { get; init; }

    public int Position { get; init; }
}

internal enum WiqlOperator
{
    Equal,
    NotEqual,
    Less,
    Greater,
    LessOrEqual,
    GreaterOrEqual,
    In,
    InGroup,
    Contains,
    ContainsWords,
    Under,
    Ever,
    IsEmpty,
}

/// <summary>What a field is compared with, and its text in the query.</summary>
internal abstract record WiqlOperand(string Source);

internal sealed record WiqlLiteral(string Text, string Source) : WiqlOperand(Source);

/// <summary>A macro with what is added to it: days, weeks, months or years, by the macro or by a letter.</summary>
internal sealed record WiqlMacro(string Name, int Offset, char? Unit, string Source) : WiqlOperand(Source);

internal sealed record WiqlFieldOperand(FieldDefinition Field, string Source) : WiqlOperand(Source);
