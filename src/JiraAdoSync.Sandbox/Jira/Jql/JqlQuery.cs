namespace JiraAdoSync.Sandbox.Jira.Jql;

/// <summary>A query as it was read; names are not resolved yet.</summary>
internal sealed record JqlQuery(JqlClause? Where, IReadOnlyList<JqlSort> OrderBy);

internal sealed record JqlSort(string Field, bool Descending);

/// <summary>A condition on an issue.</summary>
internal abstract record JqlClause;

internal sealed record JqlAnd(JqlClause Left, JqlClause Right) : JqlClause;

internal sealed record JqlOr(JqlClause Left, JqlClause Right) : JqlClause;

internal sealed record JqlNot(JqlClause Inner) : JqlClause;

/// <summary>A comparison; the operator is written as Jira's messages write it.</summary>
internal sealed record JqlComparison(string Field, string Operator, JqlOperand Operand) : JqlClause;

/// <summary>What a field is compared with.</summary>
internal abstract record JqlOperand;

internal sealed record JqlValue(string Text) : JqlOperand;

internal sealed record JqlEmpty : JqlOperand;

internal sealed record JqlFunction(string Name, IReadOnlyList<string> Arguments) : JqlOperand;

internal sealed record JqlList(IReadOnlyList<JqlOperand> Items) : JqlOperand;
