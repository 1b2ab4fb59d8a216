using System.Text.Json.Nodes;

namespace JiraAdoSync.Sandbox.AzureDevOps;

/// <summary>
/// An area or an iteration with what is under it; paths are names between backslashes, the root first.
/// </summary>
internal sealed class ClassificationNode(int id, string name, string structureType, ClassificationNode? parent = null)
{
    private readonly List<ClassificationNode> _children = [];

    public int Id { get; } = id;

    public string Name { get; } = name;

    public ClassificationNode Add(int childId, string childName)
    {
        var child = new ClassificationNode(childId, childName, structureType, this);
        _children.Add(child);
        return child;
    }

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
    public string FieldPath() => parent is null ? Name : $"{parent.FieldPath()}\\{Name}";

    public JsonObject ToJson(Project project, int depth)
    {
        var group = structureType == "area" ? "Areas" : "Iterations";
        var node = new JsonObject
        {
            ["id"] = Id,
            ["identifier"] = StableGuid.Of($"node:{structureType}:{FieldPath()}").ToString("D"),
            ["name"] = Name,
            ["structureType"] = structureType,
            ["hasChildren"] = _children.Count > 0,
            // The service puts the kind of tree below the root: \Fabrikam\Area\Web.
            ["path"] = "\\" + string.Join('\\', FieldPath().Split('\\') is [var root, .. var rest]
                ? [root, structureType == "area" ? "Area" : "Iteration", .. rest] : []),
        };
        if (depth > 0 && _children.Count > 0)
        {
            node["children"] = new JsonArray([.. _children.Select(child => child.ToJson(project, depth - 1))]);
        }

        var below = string.Concat(FieldPath().Split('\\').Skip(1).Select(one => "/" + Uri.EscapeDataString(one)));
        node["url"] = $"{project.Organization.Uri}/{project.Id:D}/_apis/wit/classificationNodes/{group}{below}";
        return node;
    }
}
