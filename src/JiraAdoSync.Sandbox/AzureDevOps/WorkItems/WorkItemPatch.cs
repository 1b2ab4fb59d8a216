using System.Globalization;
using System.Text.RegularExpressions;
using JiraAdoSync.Sandbox.AzureDevOps.Projects;
using JiraAdoSync.Sandbox.AzureDevOps.Relations;
using JiraAdoSync.Sandbox.AzureDevOps.Types;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps.WorkItems;

/// <summary>How a patch is to be done: query parameters of the request.</summary>
internal sealed record PatchOptions(bool ValidateOnly, bool BypassRules);

/// <summary>
/// One json-patch document applied to one work item: all of it, or nothing.
/// <para>
/// Tests come first. Then fields are read and checked against the rules of the type (those of its states are
/// <see cref="StateRules"/>), then relations are edited (<see cref="RelationEdits"/>), and only then anything is
/// stored. Fields that really change, files, hyperlinks and artifacts make a revision: <c>rev</c>, ChangedDate and
/// Watermark move. Work item links make none, at neither end.
/// </para>
/// </summary>
internal sealed partial class WorkItemPatch(
    Organization organization, PatchOptions options, IReadOnlyList<PatchOperation> operations,
    Func<int, WorkItem?> placeholder)
{
    /// <summary>The first day of the database, the value where nothing has happened yet.</summary>
    private static readonly DateTime NeverChanged = new(1753, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly Dictionary<FieldDefinition, object?> _writes = [];

    private StateRules States => new(organization, options, _writes);

    /// <summary>Creates a work item; with validateOnly it is returned unsaved, with the id -1.</summary>
    public WorkItem Create(Project project, WorkItemType type, WorkItem? prepared = null)
    {
        var now = organization.Now;
        var item = prepared ?? new WorkItem(project, type);
        ReadFields(item, item.Project, isNew: true);

        var state = _writes.GetValueOrDefault(FieldCatalog.State) as string ?? type.Initial.Name;
        var fields = Defaults(project, type, now);
        fields[FieldCatalog.Reason] = (type.Transition(type.Initial.Name, state) ?? type.Creation).Reasons[0];
        foreach (var (field, value) in _writes)
        {
            fields[field] = value;
        }

        CheckDates(fields, previous: null, now);
        foreach (var (field, value) in fields.Where(one => one.Value is not null))
        {
            item.Fields[field] = value!;
        }

        if (!options.BypassRules && type.Creation.Assignee == NewAssignee.CurrentUser)
        {
            item.Fields.TryAdd(FieldCatalog.AssignedTo, organization.Account);
        }

        CheckRules(item);
        if (!options.BypassRules && !organization.Switches.CreationMayChooseState && item.State != type.Initial.Name)
        {
            throw AdoError.RuleCode(FieldCatalog.State, "Required, HasValues, LimitedToValues, InvalidListValue");
        }

        States.CheckReason(type, type.Creation, item.State == type.Initial.Name);

        RequireEditable(item);
        var relations = EditRelations(item, now);
        if (options.ValidateOnly)
        {
            relations.Undo();
            return item;
        }

        organization.Add(item);
        var changes = item.Fields.Select(one => new FieldChange(one.Key, null, one.Value)).ToList();
        Save(item, changes, relations, item.ChangedDate, now);
        return item;
    }

    /// <summary>
    /// A work item of a type as a form shows it before anything is typed in: without a title, a date or an id.
    /// </summary>
    public WorkItem Blank(Project project, WorkItemType type)
    {
        var item = new WorkItem(project, type);
        foreach (var (field, value) in Defaults(project, type, NeverChanged))
        {
            if (value is not null && field != FieldCatalog.CreatedDate && field != FieldCatalog.ChangedDate)
            {
                item.Fields[field] = value;
            }
        }

        return item;
    }

    /// <summary>Changes a work item; with validateOnly it is returned unsaved.</summary>
    public WorkItem Update(WorkItem item)
    {
        RequireEditable(item);
        CheckTests(item);
        if (organization.Switches.SavesThatLoseARace > 0 && !options.ValidateOnly)
        {
            organization.Switches.SavesThatLoseARace--;
            throw AdoError.SaveRace(organization.Switches.SaveRaceStatus);
        }

        var project = ProjectFor(item);
        ReadFields(item, project, isNew: false);

        var now = organization.Now;

        // Dates of revisions only increase, even if the clock does not move.
        var authorized = Later(now, item.ChangedDate);
        var typeName = _writes.Remove(FieldCatalog.WorkItemType, out var named) ? (string)named! : item.Type.Name;
        var type = project.Type(typeName) ?? throw AdoError.TypeChange(typeName, project.Name);
        if (project != item.Project)
        {
            Move(item, project, type);
        }

        var changes = _writes
            .Select(one => new FieldChange(one.Key, item.Fields.GetValueOrDefault(one.Key), one.Value))
            .Where(change =>
                change.Field == FieldCatalog.History ? change.New is not null : !Equals(change.Old, change.New))
            .ToList();
        var staysWhatItIs = type.Name == item.Type.Name && project == item.Project;
        if (changes.Find(change => change.Field == FieldCatalog.State) is { New: string state })
        {
            var transition = type.Transition(item.State, state);
            if (!options.BypassRules && staysWhatItIs && type.State(state) is not null && transition is null)
            {
                throw AdoError.NotInList(FieldCatalog.State, state);
            }

            States.CheckReason(type, transition, staysWhatItIs);
            States.Follow(item, type, state, transition, changes, now);
        }
        else
        {
            States.CheckReason(type, null, staysWhatItIs);
        }

        States.FollowRules(item, type, changes);

        CheckDates(_writes, item, now);
        var before = new Dictionary<FieldDefinition, object>(item.Fields);
        var (typeBefore, projectBefore) = (item.Type, item.Project);
        (item.Type, item.Project) = (type, project);
        changes.ForEach(change => Store(item, change.Field, change.New));

        RelationEdits? relations = null;
        try
        {
            // The whole item is checked, not only what changes: a stored state that is no longer allowed refuses any
            // patch.
            RequireEditable(item);
            CheckRules(item);
            relations = EditRelations(item, authorized);
        }
        catch
        {
            Restore();
            throw;
        }

        if (options.ValidateOnly)
        {
            relations.Undo();
            Restore();
            return item;
        }

        if (type.Name != typeBefore.Name)
        {
            changes.Add(new FieldChange(FieldCatalog.WorkItemType, typeBefore.Name, type.Name));
        }

        if (project != projectBefore)
        {
            changes.Add(new FieldChange(FieldCatalog.TeamProject, projectBefore.Name, project.Name));
        }

        if (changes.Count > 0 || relations.ChangeResources)
        {
            var date = _writes.GetValueOrDefault(FieldCatalog.ChangedDate) as DateTime? ?? authorized;
            Change(FieldCatalog.ChangedDate, date);
            Change(FieldCatalog.ChangedBy, _writes.GetValueOrDefault(FieldCatalog.ChangedBy) ?? organization.Account);
            if (!changes.Exists(change => change.Field == FieldCatalog.History)
                && before.ContainsKey(FieldCatalog.History))
            {
                item.Fields.Remove(FieldCatalog.History);
            }

            Save(item, changes, relations, date, authorized);
        }
        else
        {
            Save(item, [], relations, now, now);
        }

        return item;

        void Change(FieldDefinition field, object value)
        {
            changes.RemoveAll(change => change.Field == field);
            if (!Equals(before.GetValueOrDefault(field), value))
            {
                changes.Add(new FieldChange(field, before.GetValueOrDefault(field), value));
            }

            item.Fields[field] = value;
        }

        void Restore()
        {
            (item.Type, item.Project) = (typeBefore, projectBefore);
            item.Fields.Clear();
            foreach (var (field, value) in before)
            {
                item.Fields[field] = value;
            }
        }
    }

    /// <summary>What a new work item has before anybody writes a field.</summary>
    private Dictionary<FieldDefinition, object?> Defaults(Project project, WorkItemType type, DateTime now)
    {
        var fields = new Dictionary<FieldDefinition, object?>
        {
            [FieldCatalog.AreaPath] = project.Areas.FieldPath(),
            [FieldCatalog.IterationPath] = project.Iterations.FieldPath(),
            [FieldCatalog.State] = type.Initial.Name,
            [FieldCatalog.Reason] = type.Creation.Reasons[0],
            [FieldCatalog.AssignedTo] = null,
            [FieldCatalog.CreatedDate] = now,
            [FieldCatalog.CreatedBy] = organization.Account,
            [FieldCatalog.ChangedDate] = now,
            [FieldCatalog.ChangedBy] = organization.Account,
            [FieldCatalog.Title] = null,
            [FieldCatalog.StateChangeDate] = now,
        };
        foreach (var field in type.Fields.Where(field => field.DefaultValue is not null))
        {
            var definition = organization.Fields.ByReferenceName(field.ReferenceName)!;
            fields[definition] = FieldValue.Read(
                definition, field.DefaultValue, project, WorkItem.Unsaved, bypassRules: true);
        }

        return fields;
    }

    private static DateTime Later(DateTime now, DateTime last) => now > last ? now : last.AddMilliseconds(1);

    private static void Store(WorkItem item, FieldDefinition field, object? value)
    {
        if (value is null)
        {
            item.Fields.Remove(field);
        }
        else
        {
            item.Fields[field] = value;
        }
    }

    private void CheckTests(WorkItem item)
    {
        foreach (var test in operations.Where(operation => operation.Op == "test"))
        {
            var actual = test.Parts switch
            {
                ["rev"] => item.Rev.ToString(CultureInfo.InvariantCulture),
                ["id"] => item.Id.ToString(CultureInfo.InvariantCulture),
                ["fields", var name] => WorkItemJson.Value(Field(name).ValueOf(item), organization.Uri).Text() ?? "",
                _ => throw AdoError.PatchPath($"The operation test is not supported at path {test.Path}."),
            };
            if (actual != (test.Value.Text() ?? ""))
            {
                throw AdoError.TestFailed(test.Path, actual, test.Value?.ToJsonString().Trim('"') ?? "");
            }
        }
    }

    private FieldDefinition Field(string name) =>
        organization.Fields.ByReferenceName(name) ?? throw AdoError.FieldMissing(name);

    /// <summary>The project in which the item will be: its own, unless the document names another.</summary>
    private Project ProjectFor(WorkItem item)
    {
        var move = operations.LastOrDefault(operation => operation is { Op: not "test", Parts: ["fields", var name] }
            && name.Equals(FieldCatalog.TeamProject.ReferenceName, StringComparison.OrdinalIgnoreCase));
        return move is null ? item.Project
            : organization.Project(move.Value.Text() ?? "") ?? throw AdoError.ProjectChange(move.Value.Text() ?? "");
    }

    /// <summary>
    /// An item that moves to another project gets an area and an iteration of that project, and, as the documentation
    /// of the web page says, the state in which items of its type begin.
    /// </summary>
    private void Move(WorkItem item, Project project, WorkItemType type)
    {
        foreach (var field in (FieldDefinition[])[FieldCatalog.AreaPath, FieldCatalog.IterationPath])
        {
            if (!_writes.ContainsKey(field)
                && FieldValue.FindPath(field, (string)item.Fields[field], project) is null)
            {
                throw AdoError.TreeName(item.Id, field);
            }
        }

        if (organization.Switches.MovesResetState && !options.BypassRules
            && _writes.TryAdd(FieldCatalog.State, type.Initial.Name))
        {
            _writes.TryAdd(FieldCatalog.Reason, type.Creation.Reasons[0]);
        }
    }

    private void ReadFields(WorkItem item, Project project, bool isNew)
    {
        foreach (var operation in operations.Where(operation => operation.Op != "test"))
        {
            switch (operation.Parts)
            {
                case ["fields", var name]:
                    ReadField(item, project, Field(name), operation, isNew);
                    break;
                case ["relations", ..]:
                case ["id"]:
                case ["multilineFieldsFormat", _]:
                    break;
                default:
                    throw AdoError.PatchPath(
                        $"Work item patch does not support patching the top level property at path {operation.Path}.");
            }
        }
    }

    private void ReadField(WorkItem item, Project project, FieldDefinition field, PatchOperation operation, bool isNew)
    {
        if (_writes.ContainsKey(field))
        {
            throw AdoError.FieldTwice(field, item.Id);
        }

        if (field == FieldCatalog.TeamProject)
        {
            if (!project.IsCalled(operation.Value.Text() ?? ""))
            {
                throw AdoError.ProjectChange(operation.Value.Text() ?? "");
            }

            return;
        }

        if (field == FieldCatalog.WorkItemType)
        {
            var name = operation.Value.Text() ?? "";
            var type = project.Type(name) ?? throw AdoError.TypeChange(name, project.Name);
            if (!isNew)
            {
                _writes[field] = type.Name;
            }

            return;
        }

        if (field.Writing == FieldWriting.Never || (field.Writing == FieldWriting.Bypass && !options.BypassRules))
        {
            throw AdoError.ReadOnlyField(field);
        }

        var value = operation.Op == "remove"
            ? null
            : FieldValue.Read(field, operation.Value, project, item.Id, options.BypassRules);
        if (organization.Switches.TextThatIsRefused is { } refused && value is string held
            && held.Contains(refused, StringComparison.Ordinal))
        {
            throw AdoError.RefusedText();
        }

        if (field == FieldCatalog.State && value is string state)
        {
            value = item.Type.State(state)?.Name ?? state;
        }

        if (field == FieldCatalog.Tags && value is string text)
        {
            // Adding tags merges them into the current ones; replacing sets them.
            var tags = TagList.Split(text);
            tags = operation.Op == "add" ? item.Tags.Union(tags, StringComparer.OrdinalIgnoreCase) : tags;
            value = TagList.Join(tags) is { Length: > 0 } joined ? joined : null;
            if (organization.Switches.TagsRefuseSpecialCharacters && tags.Any(tag => RefusedInTags().IsMatch(tag)))
            {
                throw AdoError.TagName();
            }

            if (TagList.Split(value as string ?? "").Count() > 100)
            {
                throw AdoError.TooManyTags();
            }
        }

        _writes[field] = value;
    }

    // Signs outside the basic plane, of control or format, and pictographs (Unicode's Emoji_Presentation) inside it.
    [GeneratedRegex(
        @"[\p{Cs}\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u231A\u231B\u23E9-\u23EC\u23F0\u23F3\u25FD\u25FE\u2614\u2615"
            + @"\u2648-\u2653\u267F\u2693\u26A1\u26AA\u26AB\u26BD\u26BE\u26C4\u26C5\u26CE\u26D4\u26EA\u26F2\u26F3\u26F5\u26FA\u26FD"
            + @"\u2705\u270A\u270B\u2728\u274C\u274E\u2753-\u2755\u2757\u2795-\u2797\u27B0\u27BF\u2B1B\u2B1C\u2B50\u2B55\uFE0F]",
        RegexOptions.CultureInvariant)]
    private static partial Regex RefusedInTags();

    /// <summary>
    /// Dates that bypassRules lets in must increase from revision to revision and must not be in the future.
    /// </summary>
    private static void CheckDates(Dictionary<FieldDefinition, object?> fields, WorkItem? previous, DateTime now)
    {
        var created = fields.GetValueOrDefault(FieldCatalog.CreatedDate) as DateTime?;
        var changed = fields.GetValueOrDefault(FieldCatalog.ChangedDate) as DateTime?;
        if (created > now || changed > now)
        {
            throw AdoError.DateInFuture();
        }

        if (changed < created || (previous is not null && changed <= previous.ChangedDate))
        {
            throw AdoError.DatesMustIncrease();
        }
    }

    private void CheckRules(WorkItem item)
    {
        if (string.IsNullOrWhiteSpace(item.Title))
        {
            throw AdoError.Required(FieldCatalog.Title);
        }

        if (options.BypassRules)
        {
            return;
        }

        if (item.Type.State(item.State) is not { } state)
        {
            throw AdoError.NotInList(FieldCatalog.State, item.State);
        }

        item.Fields[FieldCatalog.State] = state.Name;
        foreach (var name in item.Type.Fields.Where(field => field.IsRequired).Select(field => field.ReferenceName)
            .Concat(item.Type.RulesOf(state.Name).Where(rule => rule.Demand == StateDemand.Required)
                .Select(rule => rule.ReferenceName)))
        {
            var field = organization.Fields.ByReferenceName(name)!;
            if (!item.Fields.ContainsKey(field))
            {
                throw AdoError.Required(field);
            }
        }

        foreach (var (field, value) in item.Fields)
        {
            var text = Convert.ToString(value, CultureInfo.InvariantCulture)!;
            if (field.AllowedValues.Count > 0 && !field.AllowedValues.Contains(text))
            {
                throw AdoError.NotInList(field, text);
            }
        }
    }

    /// <summary>Who asks may save items in the item's area.</summary>
    private void RequireEditable(WorkItem item)
    {
        if (!organization.Sender.CanEditIn(item.AreaPath))
        {
            throw AdoError.AreaNotEditable();
        }
    }

    private RelationEdits EditRelations(WorkItem item, DateTime date)
    {
        var edits = new RelationEdits(item, placeholder, date);
        try
        {
            edits.Apply([.. operations.Where(
                operation => operation.Op != "test" && operation.Parts[0] == "relations")]);
            return edits;
        }
        catch
        {
            edits.Undo();
            throw;
        }
    }

    /// <summary>
    /// Stores the revision. Its date may be what the writer says (with bypassRules); the date on which it was
    /// authorised is the service's own.
    /// </summary>
    private void Save(
        WorkItem item, List<FieldChange> changes, RelationEdits relations, DateTime date, DateTime authorizedDate)
    {
        var makesRevision = changes.Count > 0 || relations.ChangeResources;
        if (makesRevision)
        {
            var (rev, watermark, authorized) = (item.Rev, item.Watermark, item.AuthorizedDate);
            item.Rev++;
            item.Watermark = organization.NextWatermark();
            item.AuthorizedDate = authorizedDate;
            item.AuthorizedAs = organization.Account;
            organization.Revisions.Add(new LoggedRevision(item.Watermark, item, item.Rev));
            if (changes.Find(change => change.Field == FieldCatalog.History) is { New: string text })
            {
                item.Comments.Add(new WorkItemComment(organization.NextCommentId(), text, organization.Account, date));
                changes.Add(new FieldChange(FieldCatalog.CommentCount, item.CommentCount - 1, item.CommentCount));
            }
            else if (rev == 0)
            {
                changes.Add(new FieldChange(FieldCatalog.CommentCount, null, 0));
            }

            organization.Remember(item.Tags);
            changes.InsertRange(0,
            [
                new FieldChange(FieldCatalog.Rev, rev == 0 ? null : rev, item.Rev),
                new FieldChange(FieldCatalog.AuthorizedDate, rev == 0 ? null : authorized, authorizedDate),
                new FieldChange(FieldCatalog.Watermark, rev == 0 ? null : watermark, item.Watermark),
            ]);
            if (rev == 0)
            {
                changes.InsertRange(0,
                [
                    new FieldChange(FieldCatalog.Id, null, item.Id),
                    new FieldChange(FieldCatalog.WorkItemType, null, item.Type.Name),
                    new FieldChange(FieldCatalog.TeamProject, null, item.Project.Name),
                ]);
            }
        }

        foreach (var (end, edited) in relations.Updates)
        {
            foreach (var link in edited.Added.Where(_ => end == item).Select(relation => relation.Link)
                .OfType<WorkItemLink>())
            {
                organization.Log(link, isActive: true);
            }

            foreach (var link in edited.Removed.Where(_ => end == item).Select(relation => relation.Link)
                .OfType<WorkItemLink>())
            {
                organization.Log(link, isActive: false);
            }

            if (end != item || !makesRevision)
            {
                Record(end, [], edited, organization.Now);
            }
        }

        if (makesRevision)
        {
            Record(item, changes, relations.Updates.FirstOrDefault(one => one.Item == item).Changes, date);
        }
    }

    private void Record(WorkItem end, List<FieldChange> changes, RelationChanges? edited, DateTime date) =>
        end.Updates.Add(
            new WorkItemUpdate(end.Updates.Count + 1, end.Rev, organization.Account, date, changes, edited));
}
