using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Projects;

/// <summary>An issue type, a status, a priority: something with an id and a name, as the site first saw it.</summary>
internal sealed record NamedThing(string Id, string Name, JsonObject Json)
{
    public bool IsCalled(string idOrName) =>
        Id == idOrName || Name.Equals(idOrName, StringComparison.OrdinalIgnoreCase);

    /// <summary>The level of an issue type: -1 for sub-tasks, 0 for most, 1 for epics, more above them.</summary>
    public int HierarchyLevel => int.TryParse(Json["hierarchyLevel"].Text(), out var level) ? level
        : Issue.IsSubtaskType(Json) ? -1 : Name == "Epic" ? 1 : 0;

    /// <summary>A copy with its own address; what the site saw stays as it was.</summary>
    public JsonObject Render(string self)
    {
        var copy = (JsonObject)Json.DeepClone();
        copy["self"] = self;
        return copy;
    }
}

/// <summary>All things of a kind, in the order in which the site came to know them.</summary>
internal sealed class Registry(string path)
{
    private readonly List<NamedThing> _all = [];
    private readonly Dictionary<string, NamedThing> _byId = [];

    /// <summary>The name of the collection in addresses, such as <c>issuetype</c>.</summary>
    public string Path { get; } = path;

    public IReadOnlyList<NamedThing> All => _all;

    public NamedThing? Find(string idOrName) =>
        _byId.GetValueOrDefault(idOrName) ?? _all.Find(thing => thing.IsCalled(idOrName));

    /// <summary>The thing that a value names by <c>id</c> or <c>name</c>, as bodies do.</summary>
    public NamedThing? Find(JsonNode? value) =>
        (value.Get("id").Text() ?? value.Get("name").Text()) is { } text ? Find(text) : null;

    /// <summary>Takes a value of an issue into the registry, or finds it there.</summary>
    public NamedThing? Learn(JsonNode? value)
    {
        var name = value.Get("name").Text();
        var id = value.Get("id").Text();
        if (value is not JsonObject json || (name is null && id is null))
        {
            return null;
        }

        if ((id is not null && _byId.TryGetValue(id, out var known))
            || (id is null && (known = Find(name!)) is not null))
        {
            return known;
        }

        var copy = (JsonObject)json.DeepClone();
        copy.Remove("self");
        return Add(id ?? NextId(), name ?? id!, copy);
    }

    /// <summary>Adds a default of Jira unless the site has something of that name.</summary>
    public NamedThing Ensure(string name, JsonObject json) =>
        _all.Find(thing => thing.IsCalled(name)) ?? Add(NextId(), name, json);

    /// <summary>Replaces a thing with its new state.</summary>
    public NamedThing Change(NamedThing thing, JsonObject json)
    {
        json["id"] = thing.Id;
        var changed = new NamedThing(thing.Id, json["name"].Text() ?? thing.Name, json);
        _all[_all.IndexOf(thing)] = changed;
        _byId[thing.Id] = changed;
        return changed;
    }

    public void Remove(NamedThing thing)
    {
        _all.Remove(thing);
        _byId.Remove(thing.Id);
    }

    private NamedThing Add(string id, string name, JsonObject json)
    {
        json["id"] = id;
        json["name"] = name;
        var thing = new NamedThing(id, name, json);
        _all.Add(thing);
        _byId.Add(id, thing);
        return thing;
    }

    private string NextId()
    {
        var id = 10000;
        while (_byId.ContainsKey(id.ToString(System.Globalization.CultureInfo.InvariantCulture)))
        {
            id++;
        }

        return id.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
