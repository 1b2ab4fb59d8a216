using JiraAdoSync.Sandbox.AzureDevOps.Accounts;
using JiraAdoSync.Sandbox.AzureDevOps.Hooks;
using JiraAdoSync.Sandbox.AzureDevOps.Projects;
using JiraAdoSync.Sandbox.AzureDevOps.Relations;
using JiraAdoSync.Sandbox.AzureDevOps.Types;
using JiraAdoSync.Sandbox.AzureDevOps.WorkItems;

namespace JiraAdoSync.Sandbox.AzureDevOps;

/// <summary>
/// The organisation: the whole state of the Azure DevOps side. It is not safe for several threads; the service lets one
/// request in at a time.
/// </summary>
internal sealed class Organization
{
    public const string Name = "contoso";

    private readonly TimeProvider _time;
    private readonly List<Project> _projects = [];
    private readonly List<Person> _people;
    private readonly List<AdoAccount> _accounts;
    private readonly Dictionary<int, WorkItem> _items = [];
    private readonly Dictionary<string, HashSet<WorkItem>> _byResource = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _missesLeft = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Guid> _tags = new(StringComparer.OrdinalIgnoreCase);
    private int _lastId;
    private int _lastNode;
    private int _lastWatermark;
    private int _lastResource;
    private int _lastComment;

    public Organization(
        Uri uri, ProcessTemplate process, SandboxSwitches switches, TimeProvider time, string token)
    {
        Owner = new AdoAccount(new Person("Sandbox Account", "sandbox@contoso.example"), token);
        Sender = Owner;
        _accounts = [Owner];
        _time = time;
        Uri = uri;
        Switches = switches;
        _people =
        [
            Account,
            new("Ana Bowman", "ana@contoso.example"),
            new("Ben Cho", "ben@contoso.example"),
            new("Cleo Diaz", "cleo@contoso.example"),
        ];
        AddProject("Fabrikam", process);
        AddProject("Tailspin", process);
    }

    /// <summary>The address, without a slash at the end.</summary>
    public Uri Uri { get; }

    public Guid Id { get; } = StableGuid.Of("organization:contoso");

    public SandboxSwitches Switches { get; }

    public AdoFlavor Flavor { get; init; }

    /// <summary>Who is notified of changes.</summary>
    public required ServiceHooks Hooks { get; init; }

    /// <summary>
    /// The first is the one that the sandbox is about; the second is there for what moves or links to it.
    /// </summary>
    public IReadOnlyList<Project> Projects => _projects;

    /// <summary>What is done in the background and can be asked for.</summary>
    public HashSet<Guid> Operations { get; } = [];

    public FieldCatalog Fields { get; } = new();

    /// <summary>The account that the sandbox begins with; nothing is denied to it at first.</summary>
    public AdoAccount Owner { get; }

    public IReadOnlyList<AdoAccount> Accounts => _accounts;

    /// <summary>The account of the request that is let in.</summary>
    public AdoAccount Sender { get; set; }

    /// <summary>Who sent the request that is let in.</summary>
    public Person Account => Sender.Person;

    /// <summary>Whom identity fields accept; more can be added while the sandbox runs.</summary>
    public IReadOnlyList<Person> People => _people;

    /// <summary>The time as the service stores it: in milliseconds.</summary>
    public DateTime Now
    {
        get
        {
            var now = _time.GetUtcNow().UtcDateTime;
            return new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerMillisecond), DateTimeKind.Utc);
        }
    }

    public List<LinkChange> LinkChanges { get; } = [];

    /// <summary>Every revision, in the order of their watermarks.</summary>
    public List<LoggedRevision> Revisions { get; } = [];

    public Dictionary<Guid, Attachment> Attachments { get; } = [];

    public IEnumerable<WorkItem> Items => _items.Values;

    /// <summary>The work items that who asks may read, those in the recycle bin too.</summary>
    public IEnumerable<WorkItem> ReadableItems => Items.Where(Sender.CanRead);

    public IReadOnlyDictionary<string, Guid> Tags => _tags;

    public int NextNodeId() => ++_lastNode;

    public int NextWatermark() => ++_lastWatermark;

    public int NextCommentId() => ++_lastComment;

    public int NextResourceId() => ++_lastResource;

    public Project? Project(string nameOrId) => Projects.FirstOrDefault(project => project.IsCalled(nameOrId));

    public Project AddProject(string name, ProcessTemplate process, string description = "The sandbox's project.")
    {
        var project = new Project(this, name, description, process, Now);
        foreach (var iteration in (string[])["Iteration 1", "Iteration 2", "Iteration 3"])
        {
            project.Iterations.Add(NextNodeId(), iteration);
        }

        _projects.Add(project);
        return project;
    }

    /// <summary>Takes a project away, and for good all that is in it.</summary>
    public void Remove(Project project)
    {
        Items.Where(item => item.Project == project).ToList().ForEach(Destroy);
        _projects.Remove(project);
    }

    /// <summary>The people of a name, an address or an id; only a name can be that of several.</summary>
    public IReadOnlyList<Person> Named(string text) => [.. People.Where(person => person.IsCalled(text))];

    /// <summary>Adds somebody, or takes another name for somebody of the same address.</summary>
    public Person AddPerson(string displayName, string uniqueName)
    {
        var person = new Person(displayName, uniqueName);
        _people.RemoveAll(
            known => known != Owner.Person && known.UniqueName.Equals(uniqueName, StringComparison.OrdinalIgnoreCase));
        _people.Add(person);
        return person;
    }

    public void Add(AdoAccount account)
    {
        account.Person = AddPerson(account.Person.DisplayName, account.Person.UniqueName);
        _accounts.Add(account);
    }

    /// <summary>A work item that is not in the recycle bin and that who asks may read.</summary>
    public WorkItem? Item(int id) => Readable(id) is { IsDeleted: false } item ? item : null;

    /// <summary>A work item of the recycle bin that who asks may read.</summary>
    public WorkItem? Deleted(int id) => Readable(id) is { IsDeleted: true } item ? item : null;

    public void Add(WorkItem item)
    {
        item.Id = ++_lastId;
        _items.Add(item.Id, item);
    }

    /// <summary>Takes a work item away for good, its links with it.</summary>
    public void Destroy(WorkItem item)
    {
        foreach (var link in item.Links.ToList())
        {
            link.Other(item).Links.Remove(link);
            Log(link, isActive: false);
        }

        item.Resources.ForEach(resource => Unindex(item, resource));
        _items.Remove(item.Id);
    }

    private WorkItem? Readable(int id) =>
        _items.GetValueOrDefault(id) is { } item && Sender.CanRead(item) ? item : null;

    public void Log(WorkItemLink link, bool isActive) => LinkChanges.Add(new LinkChange(
        link.Type.BaseName, link.Source, link.Target, Now, isActive));

    /// <summary>Makes a revision out of what the service itself changed of a work item.</summary>
    public void Revise(WorkItem item, IEnumerable<FieldChange> changes)
    {
        var (rev, watermark, authorized, date) = (item.Rev, item.Watermark, item.AuthorizedDate, item.ChangedDate);
        var by = item.Fields.GetValueOrDefault(FieldCatalog.ChangedBy);
        item.Rev++;
        item.Watermark = NextWatermark();
        item.AuthorizedDate = Now > date ? Now : date.AddMilliseconds(1);
        item.AuthorizedAs = Account;
        item.Fields[FieldCatalog.ChangedDate] = item.AuthorizedDate;
        item.Fields[FieldCatalog.ChangedBy] = Account;
        var all = new List<FieldChange>
        {
            new(FieldCatalog.Rev, rev, item.Rev),
            new(FieldCatalog.AuthorizedDate, authorized, item.AuthorizedDate),
            new(FieldCatalog.ChangedDate, date, item.AuthorizedDate),
            new(FieldCatalog.Watermark, watermark, item.Watermark),
        };
        if (!Equals(by, Account))
        {
            all.Add(new FieldChange(FieldCatalog.ChangedBy, by, Account));
        }

        if (item.Fields.Remove(FieldCatalog.History, out var history))
        {
            all.Add(new FieldChange(FieldCatalog.History, history, null));
        }

        item.Updates.Add(
            new WorkItemUpdate(item.Updates.Count + 1, item.Rev, Account, item.AuthorizedDate, [.. all, .. changes]));
        Revisions.Add(new LoggedRevision(item.Watermark, item, item.Rev));
    }

    public void Index(WorkItem item, ResourceLink resource)
    {
        if (!_byResource.TryGetValue(resource.Url, out var owners))
        {
            _byResource.Add(resource.Url, owners = []);
        }

        owners.Add(item);
        if (resource.Type == RelationTypes.Hyperlink && Switches.HyperlinkLookUpsThatMiss > 0)
        {
            _missesLeft[resource.Url] = Switches.HyperlinkLookUpsThatMiss;
        }
    }

    public void Unindex(WorkItem item, ResourceLink resource)
    {
        if (!item.Resources.Exists(other => other != resource && other.Url == resource.Url)
            && _byResource.TryGetValue(resource.Url, out var owners))
        {
            owners.Remove(item);
        }
    }

    /// <summary>The work items that hold an artifact or, where the organisation finds them, a hyperlink.</summary>
    public IEnumerable<WorkItem> OwnersOf(string uri)
    {
        if (_missesLeft.TryGetValue(uri, out var left))
        {
            if (left > 1)
            {
                _missesLeft[uri] = left - 1;
            }
            else
            {
                _missesLeft.Remove(uri);
            }

            return [];
        }

        return (_byResource.GetValueOrDefault(uri) ?? [])
            .Where(item =>
                !item.IsDeleted
                && Sender.CanRead(item)
                && item.Resources.Exists(resource =>
                    resource.Url == uri
                    && (
                        resource.Type == RelationTypes.ArtifactLink
                        || (resource.Type == RelationTypes.Hyperlink && Switches.HyperlinksAreFoundByArtifactUri))))
            .OrderBy(item => item.Id);
    }

    /// <summary>Renames a tag on every work item, or takes it away, without a revision.</summary>
    public void ReplaceTag(string name, string? renamed)
    {
        _tags.Remove(name, out var id);
        if (renamed is not null)
        {
            _tags.TryAdd(renamed, id);
        }

        foreach (var item in Items.Where(item => item.Tags.Contains(name, StringComparer.OrdinalIgnoreCase)))
        {
            var tags = item.Tags.Where(tag => !tag.Equals(name, StringComparison.OrdinalIgnoreCase))
                .Concat(renamed is null ? [] : [renamed]).Distinct(StringComparer.OrdinalIgnoreCase);
            if (TagList.Join(tags) is { Length: > 0 } joined)
            {
                item.Fields[FieldCatalog.Tags] = joined;
            }
            else
            {
                item.Fields.Remove(FieldCatalog.Tags);
            }
        }
    }

    public void Remember(IEnumerable<string> tags)
    {
        foreach (var tag in tags)
        {
            _tags.TryAdd(tag, StableGuid.Of("tag:" + tag.ToUpperInvariant()));
        }
    }
}

/// <summary>A revision that was saved, as the report of revisions lists it.</summary>
internal sealed record LoggedRevision(int Watermark, WorkItem Item, int Rev);

/// <summary>A link that was added or removed, as the link report shows it: by link type, without an end.</summary>
internal sealed record LinkChange(string LinkType, WorkItem Source, WorkItem Target, DateTime Date, bool IsActive);
