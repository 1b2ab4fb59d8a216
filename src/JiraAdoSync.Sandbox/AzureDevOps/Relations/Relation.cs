using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.AzureDevOps.WorkItems;

namespace JiraAdoSync.Sandbox.AzureDevOps.Relations;

/// <summary>What one work item shows of a link or a resource link, as it was when it was read.</summary>
internal sealed record Relation(
    RelationType Type, WorkItem? Target, ResourceLink? Resource, string? Comment, bool IsLocked, WorkItemLink? Link)
{
    public static Relation Of(WorkItem owner, WorkItemLink link) =>
        new(link.EndAt(owner), link.Other(owner), null, link.CommentAt(owner), link.IsLocked, link);

    public static Relation Of(ResourceLink resource) =>
        new(resource.Type, null, resource, resource.Comment, false, null);

    /// <summary>Whether another reading shows the same link or resource, changed or not.</summary>
    public bool IsSameAs(Relation other) => Link is null ? other.Resource?.Id == Resource!.Id : other.Link == Link;

    /// <summary>A number that puts the relations of an item into an order that is stable and looks like none.</summary>
    public uint OrderOn(int owner, uint salt)
    {
        var hash = (2166136261u ^ salt ^ (uint)owner) * 16777619u;
        foreach (var letter in Type.ReferenceName)
        {
            hash = (hash ^ letter) * 16777619u;
        }

        hash = (hash ^ (uint)(Target?.Id ?? Resource!.Id)) * 16777619u;
        // Without this last stir, neighbouring ids would keep their order.
        hash ^= hash >> 15;
        hash *= 0x85EBCA6Bu;
        return hash ^ (hash >> 13);
    }

    public JsonObject ToJson(Uri organization)
    {
        var attributes = new JsonObject();
        if (Resource is null)
        {
            attributes["isLocked"] = IsLocked;
            if (Comment is not null)
            {
                attributes["comment"] = Comment;
            }

            attributes["name"] = Type.Name;
        }
        else
        {
            var added = WorkItemJson.Date(Resource.Added);
            attributes["authorizedDate"] = added;
            attributes["id"] = Resource.Id;
            attributes["resourceCreatedDate"] = added;
            attributes["resourceModifiedDate"] = added;
            attributes["revisedDate"] = WorkItemJson.Date(WorkItem.NeverRevised);
            if (Resource.Size is { } size)
            {
                attributes["resourceSize"] = size;
            }

            if (Comment is not null)
            {
                attributes["comment"] = Comment;
            }

            if (Resource.Name is not null)
            {
                attributes["name"] = Resource.Name;
            }
        }

        return new JsonObject
        {
            ["rel"] = Type.ReferenceName,
            ["url"] = Target is null ? Resource!.Url : WorkItemJson.Url(organization, Target),
            ["attributes"] = attributes,
        };
    }
}
