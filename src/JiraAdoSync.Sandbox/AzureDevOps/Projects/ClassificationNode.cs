using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.AzureDevOps.Accounts;
using JiraAdoSync.Sandbox.AzureDevOps.WorkItems;

namespace JiraAdoSync.Sandbox.AzureDevOps.Projects;

/// <summary>
/// An area or an iteration with what is under it; paths are names between backslashes, the root first.
/// </summary>
internal sealed class ClassificationNode
{
    private readonly List<ClassificationNode> _children = [];
    private readonly string _structureType;
    private readonly Guid _identifier;

    public ClassificationNode(int id, string name, string structureType, ClassificationNode? parent = null)
    {
        (Id, Name, Parent, _structureType) = (id, name, parent, structureType);
        _identifier = StableGuid.Of($"node:{structureType}:{id}:{FieldPath()}");
    }

    public int Id { get; }

    public string Name { get; set; }

    /// <summary>What it is under; null for the root of a tree.</summary>
    public ClassificationNode? Parent { get; private set; }

    /// <summary>When an iteration begins and ends; null where nobody said so.</summary>
    public (DateTime? Start, DateTime? Finish) Dates { get; set; }

    public ClassificationNode Add(int childId, string childName)
    {
        var child = new ClassificationNode(childId, childName, _structureType, this);
        _children.Add(child);
        return child;
    }

    /// <summary>Puts this node under another one of its tree.</summary>
    public void MoveTo(ClassificationNode parent)
    {
        Remove();
        Parent = parent;
        parent._children.Add(this);
    }

    /// <summary>Takes this node out of its tree, and all below it.</summary>
    public void Remove() => Parent?._children.Remove(this);

    /// <summary>The node of a path that begins with this one, in any case; null if there is none.</summary>
    public ClassificationNode? Find(string path)
    {
        var parts = path.Trim('\\').Split('\\');
        return parts[0].Equals(Name, StringComparison.OrdinalIgnoreCase) ? Below(parts.AsSpan(1)) : null;
    }

    /// <summary>The node below this one by names, in any case; null if there is none.</summary>
    public ClassificationNode? Below(ReadOnlySpan<string> names)
    {
        var node = this;
        foreach (var one in names)
        {
            node = node._children.Find(child => child.Name.Equals(one, StringComparison.OrdinalIgnoreCase));
            if (node is null)
            {
                return null;
            }
        }

        return node;
    }

    /// <summary>This node and all below it.</summary>
    public IEnumerable<ClassificationNode> All() => _children.SelectMany(child => child.All()).Prepend(this);

    /// <summary>The path as fields hold it.</summary>
    public string FieldPath() => Parent is null ? Name : $"{Parent.FieldPath()}\\{Name}";

    public JsonObject ToJson(Project project, int depth)
    {
        var node = new JsonObject
        {
            ["id"] = Id,
            ["identifier"] = _identifier.ToString("D"),
            ["name"] = Name,
            ["structureType"] = _structureType,
            ["hasChildren"] = _children.Count > 0,
            // The service puts the kind of tree below the root: \Fabrikam\Area\Web.
            ["path"] = "\\" + string.Join('\\', FieldPath().Split('\\') is [var root, .. var rest]
                ? [root, _structureType == "area" ? "Area" : "Iteration", .. rest] : []),
        };
        if (Dates is not (null, null))
        {
            node["attributes"] = new JsonObject
            {
                ["startDate"] = Dates.Start is { } start ? WorkItemJson.Date(start) : null,
                ["finishDate"] = Dates.Finish is { } finish ? WorkItemJson.Date(finish) : null,
            };
        }

        if (depth > 0 && _children.Count > 0)
        {
            node["children"] = new JsonArray([.. _children.Select(child => child.ToJson(project, depth - 1))]);
        }

        node["url"] = Url(project);
        return node;
    }

    /// <summary>The node as an answer that is about it alone, with the addresses of itself and of its parent.</summary>
    public JsonObject ToJsonWithLinks(Project project, int depth)
    {
        var node = ToJson(project, depth);
        node["_links"] = new JsonObject { ["self"] = new JsonObject { ["href"] = Url(project) } };
        if (Parent is not null)
        {
            node["_links"]!["parent"] = new JsonObject { ["href"] = Parent.Url(project) };
        }

        return node;
    }

    private string Url(Project project) => $"{project.Organization.Uri}/{project.Id:D}/_apis/wit/classificationNodes/"
        + (_structureType == "area" ? "Areas" : "Iterations")
        + string.Concat(FieldPath().Split('\\').Skip(1).Select(one => "/" + Uri.EscapeDataString(one)));
}
