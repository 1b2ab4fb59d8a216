using System.Text.Json;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.AzureDevOps.WorkItems;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps.Relations;

/// <summary>
/// The relation operations of one patch. They are done at once, so that each sees those before it, and can all be
/// undone, so that a patch is saved whole or not at all.
/// <para>
/// An index means the relation that had it before the patch: of three relations, <c>remove /relations/0</c> and
/// <c>remove /relations/1</c> leave the third. (Recorded four times; RFC 6902 would shift the list after the first.)
/// </para>
/// </summary>
internal sealed class RelationEdits(WorkItem item, Func<int, WorkItem?> placeholder, DateTime date)
{
    private const int AttachmentsPerItem = 100;

    private readonly Organization _organization = item.Project.Organization;
    private readonly List<Relation> _before = item.Relations();
    private readonly List<Action> _undo = [];
    private readonly Dictionary<WorkItem, RelationChanges> _updates = [];
    private readonly HashSet<int> _removed = [];

    /// <summary>Whether files, hyperlinks or artifacts changed, which makes a revision; links don't.</summary>
    public bool ChangeResources { get; private set; }

    public IEnumerable<(WorkItem Item, RelationChanges Changes)> Updates =>
        _updates.Select(one => (one.Key, one.Value));

    public bool Any => _updates.Count > 0;

    public void Apply(IReadOnlyList<PatchOperation> operations)
    {
        var switches = _organization.Switches;
        var mixed = operations.Any(one => one.Op == "remove") && operations.Any(one => one.Op == "add");
        if (mixed && !switches.PatchMayMixRelationRemovalsAndAdditions)
        {
            throw AdoError.MixedRelationEdits();
        }

        foreach (var operation in switches.RelationRemovalsComeFirst
            ? operations.OrderBy(one => one.Op == "remove" ? 0 : 1) : operations.AsEnumerable())
        {
            Apply(operation);
        }
    }

    public void Undo()
    {
        for (var index = _undo.Count - 1; index >= 0; index--)
        {
            _undo[index]();
        }

        _undo.Clear();
        _updates.Clear();
    }

    private void Apply(PatchOperation operation)
    {
        switch (operation)
        {
            case { Op: "add", Parts: [_, "-"] }:
                Add(operation.Value);
                break;
            case { Op: "remove", Parts: [_, "-"] }:
                throw AdoError.PatchPath("remove does not support insert");
            case { Op: "remove", Parts: [_, var index] }:
                Remove(IndexOf(index));
                break;
            case { Op: "replace" or "add", Parts: [_, var index, "attributes", "comment"] }:
                Comment(_before[IndexOf(index)], operation.Value.Text());
                break;
            case { Op: "replace" or "add", Parts: [_, var index, "attributes", "isLocked"] }:
                Lock(_before[IndexOf(index)], operation.Value.Text() == "true");
                break;
            case { Parts: [_] }:
                throw AdoError.PatchPath(
                    $"Work item patch does not support patching the top level property at path {operation.Path}.");
            default:
                throw AdoError.PatchPath($"The operation {operation.Op} is not supported at path {operation.Path}.");
        }
    }

    private int IndexOf(string text) =>
        !int.TryParse(text, out var index) ? throw AdoError.PatchPath($"The path index '{text}' is not a number.")
        : index < 0 || index >= _before.Count ? throw AdoError.PatchPath("Index out of range for path.")
        : index;

    private void Add(JsonNode? value)
    {
        var attributes = value.GetAnyCase("attributes");
        if (value is not JsonObject || attributes is not (null or JsonObject)
            || value.GetAnyCase("rel").Text() is not { } rel || value.GetAnyCase("url").Text() is not { } url)
        {
            throw AdoError.WrongRelationShape(value?.ToJsonString() ?? "null");
        }

        var type = RelationTypes.Find(rel) is { } known && RelationTypes.Listed(_organization.Switches).Contains(known)
            ? known
            : throw AdoError.RelationTypeUnknown(rel);
        var comment = attributes.GetAnyCase("comment").Text();
        if (comment?.Length > _organization.Switches.LinkCommentLimit)
        {
            throw AdoError.CommentTooLong(_organization.Switches.LinkCommentLimit);
        }

        if (type.Link is null)
        {
            AddResource(type, url, comment, attributes);
        }
        else
        {
            AddLink(type, url, comment, attributes.GetAnyCase("isLocked")?.GetValueKind() == JsonValueKind.True);
        }
    }

    private void AddResource(RelationType type, string url, string? comment, JsonNode? attributes)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address))
        {
            throw AdoError.FullUrlNeeded();
        }

        var file = type != RelationTypes.AttachedFile ? null
            : AttachmentEndpoints.Of(_organization, address) ?? throw AdoError.AttachmentUnknown(url);
        if (file is not null && item.CountOf(type) >= AttachmentsPerItem)
        {
            throw AdoError.TooManyAttachments();
        }

        if (item.Resources.Exists(resource => resource.Type == type && resource.Url == url))
        {
            RefuseOrIgnoreDuplicate();
            return;
        }

        var added = new ResourceLink(type, _organization.NextResourceId(), url, date)
        {
            Comment = comment,
            Name = attributes.GetAnyCase("name").Text() ?? file?.FileName,
            Size = file?.Length
                ?? (int.TryParse(attributes.GetAnyCase("resourceSize").Text(), out var size) ? size : null),
        };
        Put(added);
        _undo.Add(() => Take(added));
        ChangeResources = true;
        UpdateOf(item).Added.Add(Relation.Of(added));
    }

    private void AddLink(RelationType type, string url, string? comment, bool isLocked)
    {
        var other = TargetOf(url);
        if (type.Link!.Remote)
        {
            throw AdoError.RemoteLink();
        }

        if (IsDisabled(type.Link))
        {
            throw AdoError.LinkTypeDisabled(type.Name);
        }

        if (other == item)
        {
            throw AdoError.SelfLink(_organization.Switches.SelfLinkStatus);
        }

        var link = type.IsForward ? new WorkItemLink(type.Link, item, other) : new WorkItemLink(type.Link, other, item);
        if ((item.Links.Count < other.Links.Count ? item : other).VisibleLinks
            .Any(current => current.Joins(link.Type, link.Source, link.Target)))
        {
            RefuseOrIgnoreDuplicate();
            return;
        }

        LinkTopology.Check(type, item, other, _organization.Switches);
        if (_organization.Switches.LinkAdditionsThatCollide > 0)
        {
            _organization.Switches.LinkAdditionsThatCollide--;
            throw AdoError.DuplicateKey($"{link.Source.Id}, {link.Target.Id}");
        }

        link.IsLocked = isLocked;
        link.SetComment(item, comment);
        Put(link);
        _undo.Add(() => Take(link));
        UpdateOf(item).Added.Add(Relation.Of(item, link));
        UpdateOf(other).Added.Add(Relation.Of(other, link));
    }

    private void Remove(int index)
    {
        // The same index twice is once: it is the same relation of the list before the patch.
        if (!_removed.Add(index))
        {
            return;
        }

        var relation = _before[index];
        UpdateOf(item).Removed.Add(relation);
        if (relation.Link is { } link)
        {
            UpdateOf(link.Other(item)).Removed.Add(Relation.Of(link.Other(item), link));
            Take(link);
            _undo.Add(() => Put(link));
        }
        else
        {
            var resource = item.Resources.Find(one => one.Id == relation.Resource!.Id)!;
            Take(resource);
            _undo.Add(() => Put(resource));
            ChangeResources = true;
        }
    }

    private void Comment(Relation relation, string? comment)
    {
        if (comment?.Length > _organization.Switches.LinkCommentLimit)
        {
            throw AdoError.CommentTooLong(_organization.Switches.LinkCommentLimit);
        }

        if (relation.Link is { } link)
        {
            var before = link.CommentAt(item);
            link.SetComment(item, comment);
            _undo.Add(() => link.SetComment(item, before));
            UpdateOf(item).Updated.Add(Relation.Of(item, link));
            return;
        }

        var old = item.Resources.Find(one => one.Id == relation.Resource!.Id)!;
        var changed = _organization.Switches.HyperlinkCommentMovesDates
            ? old with { Comment = comment, Added = date } : old with { Comment = comment };
        Take(old);
        Put(changed);
        _undo.Add(() =>
        {
            Take(changed);
            Put(old);
        });
        ChangeResources = true;
        UpdateOf(item).Updated.Add(Relation.Of(changed));
    }

    private void Lock(Relation relation, bool isLocked)
    {
        if (relation.Link is { } link)
        {
            var before = link.IsLocked;
            link.IsLocked = isLocked;
            _undo.Add(() => link.IsLocked = before);
            UpdateOf(item).Updated.Add(Relation.Of(item, link));
        }
    }

    private void RefuseOrIgnoreDuplicate()
    {
        if (_organization.Switches.DuplicateLinks == DuplicateLinkAnswer.Refuse)
        {
            throw AdoError.LinkExists();
        }
    }

    private bool IsDisabled(LinkType type) =>
        _organization.Switches.DisabledLinkTypes.Contains(type.BaseName, StringComparer.OrdinalIgnoreCase);

    /// <summary>The work item of an address: absolute, scoped by organisation, project name or project id.</summary>
    private WorkItem TargetOf(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address)
            || !address.Scheme.StartsWith("http", StringComparison.Ordinal))
        {
            throw AdoError.FullUrlNeeded();
        }

        var segments = address.AbsolutePath.TrimEnd('/').Split('/');
        if (segments.Length < 4 || !segments[^2].Equals("workItems", StringComparison.OrdinalIgnoreCase)
            || !segments[^3].Equals("wit", StringComparison.OrdinalIgnoreCase)
                || !int.TryParse(segments[^1], out var id))
        {
            throw AdoError.FullUrlNeeded();
        }

        return (id < 0 ? placeholder(id) : _organization.Item(id)) ?? throw AdoError.ItemMissing(id);
    }

    private static void Put(WorkItemLink link)
    {
        link.Source.Links.Add(link);
        link.Target.Links.Add(link);
    }

    private static void Take(WorkItemLink link)
    {
        link.Source.Links.Remove(link);
        link.Target.Links.Remove(link);
    }

    private void Put(ResourceLink resource)
    {
        item.Resources.Add(resource);
        _organization.Index(item, resource);
    }

    private void Take(ResourceLink resource)
    {
        _organization.Unindex(item, resource);
        item.Resources.Remove(resource);
    }

    private RelationChanges UpdateOf(WorkItem end)
    {
        if (!_updates.TryGetValue(end, out var update))
        {
            _updates.Add(end, update = new RelationChanges());
        }

        return update;
    }
}
