using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.AzureDevOps.Accounts;
using JiraAdoSync.Sandbox.AzureDevOps.Types;
using JiraAdoSync.Sandbox.AzureDevOps.Wiql;
using JiraAdoSync.Sandbox.AzureDevOps.WorkItems;

namespace JiraAdoSync.Sandbox.AzureDevOps.Projects;

/// <summary>A project: its process and its two trees.</summary>
internal sealed class Project(
    Organization organization, string name, string description, ProcessTemplate process, DateTime created)
{
    public Organization Organization { get; } = organization;

    public string Name { get; private set; } = name;

    public string Description { get; set; } = description;

    public Guid Id { get; } = StableGuid.Of($"project:{name}");

    public ProcessTemplate Process { get; } = process;

    public IReadOnlyList<WorkItemType> Types { get; } = Processes.TypesOf(process);

    /// <summary>The two folders of stored queries: one's own, and those that everybody sees.</summary>
    public IReadOnlyList<QueryItem> Queries => field ??= [.. ((string[])["My Queries", "Shared Queries"])
        .Select(folder => new QueryItem(this, folder, null, isFolder: true, Organization.Account, created))];

    public ClassificationNode Areas { get; } = new(organization.NextNodeId(), name, "area");

    public ClassificationNode Iterations { get; } = new(organization.NextNodeId(), name, "iteration");

    public WorkItemType? Type(string typeName) => Types.FirstOrDefault(type =>
        type.Name.Equals(typeName, StringComparison.OrdinalIgnoreCase)
        || type.ReferenceName.Equals(typeName, StringComparison.OrdinalIgnoreCase));

    public bool IsCalled(string nameOrId) =>
        Name.Equals(nameOrId, StringComparison.OrdinalIgnoreCase)
        || (Guid.TryParse(nameOrId, out var id) && id == Id);

    /// <summary>
    /// Gives the project another name; the roots of its trees follow, and the paths of its work items.
    /// </summary>
    public void Rename(string newName)
    {
        var before = Name;
        (Name, Areas.Name, Iterations.Name) = (newName, newName, newName);
        foreach (var item in Organization.Items.Where(item => item.Project == this))
        {
            foreach (var field in (FieldDefinition[])[FieldCatalog.AreaPath, FieldCatalog.IterationPath])
            {
                item.Fields[field] = newName + ((string)item.Fields[field])[before.Length..];
            }
        }
    }

    public JsonObject ToReference()
    {
        var reference = new JsonObject { ["id"] = Id.ToString("D"), ["name"] = Name };
        if (Description.Length > 0)
        {
            reference["description"] = Description;
        }

        reference["url"] = $"{Organization.Uri}/_apis/projects/{Id:D}";
        reference["state"] = "wellFormed";
        reference["revision"] = 11;
        reference["visibility"] = "private";
        reference["lastUpdateTime"] = WorkItemJson.Date(created);
        return reference;
    }

    public JsonObject ToJson(bool capabilities)
    {
        var project = ToReference();
        project["_links"] = new JsonObject
        {
            ["self"] = new JsonObject { ["href"] = $"{Organization.Uri}/_apis/projects/{Id:D}" },
            ["collection"] =
                new JsonObject { ["href"] = $"{Organization.Uri}/_apis/projectCollections/{Organization.Id:D}" },
            ["web"] = new JsonObject { ["href"] = $"{Organization.Uri}/{Name}" },
        };
        if (capabilities)
        {
            project["capabilities"] = new JsonObject
            {
                ["processTemplate"] = new JsonObject
                {
                    ["templateName"] = Processes.NameOf(Process),
                    ["templateTypeId"] = Processes.IdOf(Process).ToString("D"),
                },
                ["versioncontrol"] = new JsonObject
                {
                    ["sourceControlType"] = "Git",
                    ["gitEnabled"] = "True",
                    ["tfvcEnabled"] = "False",
                },
            };
        }

        var team = StableGuid.Of($"team:{Id}");
        project["defaultTeam"] = new JsonObject
        {
            ["id"] = team.ToString("D"),
            ["name"] = $"{Name} Team",
            ["url"] = $"{Organization.Uri}/_apis/projects/{Id:D}/teams/{team:D}",
        };
        return project;
    }
}
