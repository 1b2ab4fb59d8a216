using System.Globalization;
using JiraAdoSync.AzureDevOps;

namespace JiraAdoSync.Rest.AzureDevOps;

/// <summary>One operation of a JSON patch.</summary>
internal sealed record PatchOperation(string Op, string Path)
{
    public object? Value { get; init; }
}

/// <summary>
/// What a <see cref="WorkItemWrite"/> is as a JSON patch. The service reads the indexes of all removals in the list as
/// it was before the patch, where the standard counts them step by step; the highest index first is right under both
/// readings.
/// </summary>
internal static class JsonPatch
{
    public const string ContentType = "application/json-patch+json";

    /// <summary>The operations of a write.</summary>
    /// <param name="write">The write.</param>
    /// <param name="workItemAddress">
    /// The full address of a work item: the service takes no other as a relation's target.
    /// </param>
    public static IReadOnlyList<PatchOperation> Of(WorkItemWrite write, Func<int, string> workItemAddress)
    {
        var operations = new List<PatchOperation>(write.Fields.Count + write.AddRelations.Count + 2);
        if (write.TemporaryId is { } id)
        {
            operations.Add(new PatchOperation("add", "/id") { Value = id.ToString(CultureInfo.InvariantCulture) });
        }

        if (write.ExpectedRev is { } rev)
        {
            operations.Add(new PatchOperation("test", "/rev") { Value = rev });
        }

        var fields = (write.Fields as Table<object?>)?.Packed ?? write.Fields;
        operations.AddRange(fields.Select(field => new PatchOperation(Op(write, field.Key), $"/fields/{Escape(field.Key)}")
        {
            Value = field.Value ?? string.Empty,
        }));
        operations.AddRange(write.RelationComments.Select(comment =>
            new PatchOperation("replace", $"/relations/{comment.Key}/attributes/comment") { Value = comment.Value }));
        operations.AddRange(write.RemoveRelations.OrderDescending().Select(index =>
            new PatchOperation("remove", $"/relations/{index}")));
        operations.AddRange(write.AddRelations.Select(relation => new PatchOperation("add", "/relations/-")
        {
            Value = new
            {
                rel = relation.ReferenceName,
                url = relation.TargetWorkItemId is { } target ? workItemAddress(target) : relation.Url,
                attributes = new { comment = relation.Comment, isLocked = relation.IsLocked ? true : (bool?)null },
            },
        }));
        return operations;
    }

    /// <summary>A name as one step of a path in JSON.</summary>
    private static string Escape(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    /// <summary>
    /// Tags that are added are merged with the current ones, so all are replaced where some are to be removed.
    /// </summary>
    private static string Op(WorkItemWrite write, string field) =>
        write.WorkItemId is not null
            && field.Equals(WorkItemField.Tags.ReferenceName, StringComparison.OrdinalIgnoreCase)
            ? "replace"
            : "add";
}
