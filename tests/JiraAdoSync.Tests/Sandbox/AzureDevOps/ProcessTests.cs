using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.AzureDevOps;

/// <summary>
/// What the vendor's processes allow: transitions with their reasons, required fields, and rules of states.
/// </summary>
public sealed class ProcessTests
{
    // Recorded of an organisation with the Agile process; the state itself is first.
    [Theory]
    [InlineData("Bug", "New: New Active Resolved Closed; Active: Active New Resolved Closed; Resolved: Resolved New Active Closed; "
        + "Closed: Closed New Active Resolved; : New")]
    [InlineData("Task", "New: New Active Closed Removed; Active: Active New Closed Removed; Closed: Closed New Active; Removed: Removed New; : New")]
    [InlineData("Issue", "Active: Active Closed; Closed: Closed Active; : Active")]
    [InlineData("Feedback Response", "Active: Active Closed; Closed: Closed; : Active")]
    public async Task A_type_lists_its_transitions(string type, string expected)
    {
        await using var ado = await Ado.StartAsync();
        var reply = (await ado.GetAsync($"Fabrikam/_apis/wit/workitemtypes/{Uri.EscapeDataString(type)}")).Ok();
        Assert.Equal(expected, string.Join("; ", reply.Node("transitions")!.AsObject().Select(one =>
            $"{one.Key}: {string.Join(' ', one.Value!.AsArray().Select(way => way!["to"]))}")));
        Assert.Null(reply.Node("transitions", "", 0, "actions"));
    }

    [Fact]
    public async Task Transitions_list_the_actions_that_make_them()
    {
        await using var ado = await Ado.StartAsync();
        var bug = (await ado.GetAsync("Fabrikam/_apis/wit/workitemtypes/Bug")).Ok();
        Assert.Equal("Microsoft.VSTS.Actions.StartWork", bug["transitions", "New", 1, "actions", 0]);
        Assert.Equal("Microsoft.VSTS.Actions.Checkin", bug["transitions", "Active", 2, "actions", 0]);
    }

    [Theory]
    [InlineData(ProcessTemplate.Agile, "Task", "Closed, Removed")]
    [InlineData(ProcessTemplate.Agile, "User Story", "Removed, Active")]
    [InlineData(ProcessTemplate.Scrum, "Product Backlog Item", "Removed, Done")]
    [InlineData(ProcessTemplate.Cmmi, "Requirement", "Resolved")]
    [InlineData(ProcessTemplate.Cmmi, "Bug", "Active, Closed")]
    public async Task A_way_that_the_process_does_not_have_is_refused_with_the_recorded_text(
        ProcessTemplate process, string type, string states)
    {
        await using var ado = await Ado.StartAsync(process: process);
        var id = await ado.CreateAsync(type, Op.Field("System.AssignedTo", "Ana Bowman"));
        var way = states.Split(", ");
        foreach (var state in way[..^1])
        {
            (await ado.PatchAsync(id, Op.Field("System.State", state))).Ok();
        }

        var refused = await ado.PatchAsync(id, Op.Field("System.State", way[^1]));
        refused.Refused(
            400, "RuleValidationException",
            $"The field 'State' contains the value '{way[^1]}' that is not in the list of supported values");
        Assert.Equal("System.State", refused["customProperties", "RuleValidationErrors", 0, "fieldReferenceName"]);
        Assert.Equal("required, hasValues, limitedToValues, invalidListValue",
            refused["customProperties", "RuleValidationErrors", 0, "fieldStatusFlags"]);
        (await ado.PatchAsync(id, "&bypassRules=true", Op.Field("System.State", way[^1]))).Ok();
    }

    [Fact]
    public async Task A_transition_gives_its_first_reason_and_takes_its_others_only()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync("Bug");
        Assert.Equal("New", (await ado.ReadAsync(id))["fields", "System.Reason"]);
        Assert.Equal(
            "Approved", (await ado.PatchAsync(id, Op.Field("System.State", "Active"))).Ok()["fields", "System.Reason"]);
        var resolved = (await ado.PatchAsync(
            id, Op.Field("System.State", "Resolved"), Op.Field("System.Reason", "Cannot Reproduce"))).Ok();
        Assert.Equal("Cannot Reproduce", resolved["fields", "System.Reason"]);
        Assert.Equal("Cannot Reproduce", resolved["fields", "Microsoft.VSTS.Common.ResolvedReason"]);
        (await ado.PatchAsync(id, Op.Field("System.State", "Closed"), Op.Field("System.Reason", "Fixed"))).Refused(
            400, "RuleValidationException",
            "The field 'Reason' contains the value 'Fixed' that is not in the list of supported values");
        Assert.Equal(400, (await ado.PatchAsync(id, Op.Field("System.Reason", "Because"))).Status);
        Assert.Equal(
            "Verified", (await ado.PatchAsync(id, Op.Field("System.State", "Closed"))).Ok()["fields", "System.Reason"]);
    }

    [Fact]
    public async Task Stamps_come_with_the_state_and_go_on_the_way_back()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync("User Story");
        var closed = (await ado.PatchAsync(id, Op.Field("System.State", "Closed"))).Ok();
        Assert.Equal(
            ["ActivatedBy", "ActivatedDate", "ClosedBy", "ClosedDate", "ResolvedBy", "ResolvedDate"], Stamps(closed));
        Assert.Equal(["ActivatedBy", "ActivatedDate", "ResolvedBy", "ResolvedDate"],
            Stamps((await ado.PatchAsync(id, Op.Field("System.State", "Resolved"))).Ok()));
        Assert.Equal(["ActivatedBy", "ActivatedDate"],
            Stamps((await ado.PatchAsync(id, Op.Field("System.State", "Active"))).Ok()));
        Assert.Empty(Stamps((await ado.PatchAsync(id, Op.Field("System.State", "New"))).Ok()));

        static IEnumerable<string> Stamps(Reply reply) => reply.Node("fields")!.AsObject()
            .Select(field => field.Key.Split('.')[^1])
            .Where(name => name.StartsWith("Activated", StringComparison.Ordinal)
                || name.StartsWith("Closed", StringComparison.Ordinal)
                || name is "ResolvedBy" or "ResolvedDate").Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task Starting_work_assigns_to_the_account_what_is_nobodys()
    {
        await using var ado = await Ado.StartAsync();
        var story = await ado.CreateAsync("User Story");
        Assert.Equal("Sandbox Account",
            (await ado.PatchAsync(story, Op.Field("System.State", "Active")))
                .Ok()["fields", "System.AssignedTo", "displayName"]);
        var anas = await ado.CreateAsync("User Story", Op.Field("System.AssignedTo", "ana@contoso.example"));
        Assert.Equal("Ana Bowman",
            (await ado.PatchAsync(anas, Op.Field("System.State", "Active")))
                .Ok()["fields", "System.AssignedTo", "displayName"]);
        var issue = await ado.CreateAsync("Issue");
        Assert.Equal("Sandbox Account", (await ado.ReadAsync(issue))["fields", "System.AssignedTo", "displayName"]);
        Assert.Null((await ado.PatchAsync(issue, Op.Field("System.AssignedTo", ""))).Ok()
            .Node("fields", "System.AssignedTo"));
    }

    [Fact]
    public async Task Closing_a_task_clears_what_remains_of_it_and_refuses_more()
    {
        await using var ado = await Ado.StartAsync();
        const string Remaining = "Microsoft.VSTS.Scheduling.RemainingWork";
        var id = await ado.CreateAsync("Task", Op.Field(Remaining, 4));
        (await ado.PatchAsync(id, Op.Field("System.State", "Closed"), Op.Field(Remaining, 0))).Refused(
            400, "RuleValidationException",
            "TF401320: Rule Error for field Remaining Work. Error code: InvalidNotEmpty.");
        Assert.Null((await ado.PatchAsync(id, Op.Field("System.State", "Closed"))).Ok().Node("fields", Remaining));
        Assert.Equal(
            "4", (await ado.GetAsync($"_apis/wit/workItems/{id}/updates/2")).Ok()["fields", Remaining, "oldValue"]);
        Assert.Equal(400, (await ado.PatchAsync(id, Op.Field(Remaining, 1))).Status);
    }

    [Fact]
    public async Task What_a_state_makes_read_only_stays_as_it_is()
    {
        await using var ado = await Ado.StartAsync(process: ProcessTemplate.Scrum);
        const string Effort = "Microsoft.VSTS.Scheduling.Effort";
        var id = await ado.CreateAsync("Product Backlog Item", Op.Field(Effort, 5));
        (await ado.PatchAsync(id, Op.Field("System.State", "Done"))).Ok();
        Assert.Equal(
            $"TF401326: Invalid field status 'ReadOnly' for field '{Effort}'.",
            (await ado.PatchAsync(id, Op.Field(Effort, 8))).Message);
        (await ado.PatchAsync(id, Op.Field(Effort, 5))).Ok();
    }

    [Theory]
    [InlineData(ProcessTemplate.Cmmi, "Risk", "Probability", "Microsoft.VSTS.CMMI.Probability", "50")]
    [InlineData(ProcessTemplate.Cmmi, "Review", "Purpose", "Microsoft.VSTS.CMMI.Purpose", "To see")]
    public async Task A_required_field_is_asked_for_in_the_recorded_shape(
        ProcessTemplate process, string type, string name, string field, string value)
    {
        await using var ado = await Ado.StartAsync(process: process);
        var refused = await ado.TryCreateAsync(type, Op.Title("x"));
        refused.Refused(
            400, "RuleValidationException",
            $"TF401320: Rule Error for field {name}. Error code: Required, InvalidEmpty.");
        Assert.Equal(
            "required, invalidEmpty", refused["customProperties", "RuleValidationErrors", 0, "fieldStatusFlags"]);
        Assert.Equal("524289", refused["customProperties", "RuleValidationErrors", 0, "fieldStatusCode"]);
        (await ado.TryCreateAsync(type, Op.Title("x"), Op.Field(field, value))).Ok();
    }

    [Fact]
    public async Task Cmmi_fills_in_its_defaults_and_needs_an_assignee_for_what_is_active()
    {
        await using var ado = await Ado.StartAsync(process: ProcessTemplate.Cmmi);
        var created = (await ado.TryCreateAsync("Requirement", Op.Title("x"))).Ok();
        Assert.Equal("Functional", created["fields", "Microsoft.VSTS.CMMI.RequirementType"]);
        Assert.Equal("Pending", created["fields", "Microsoft.VSTS.Common.Triage"]);
        Assert.Equal("Sandbox Account", created["fields", "System.AssignedTo", "displayName"]);
        var refused = await ado.PatchAsync(
            created.Number("id"), Op.Field("System.State", "Active"), Op.Field("System.AssignedTo", ""));
        Assert.Equal(
            "TF401320: Rule Error for field Assigned To. Error code: Required, InvalidEmpty.", refused.Message);
        Assert.Equal(400, (await ado.PatchAsync(
            created.Number("id"), Op.Field("Microsoft.VSTS.CMMI.RequirementType", ""))).Status);
    }

    [Theory]
    [InlineData(ProcessTemplate.Agile, "User Story", "Microsoft.VSTS.Scheduling.StoryPoints", "Microsoft.VSTS.Scheduling.Effort")]
    [InlineData(ProcessTemplate.Scrum, "Product Backlog Item", "Microsoft.VSTS.Scheduling.Effort", "Microsoft.VSTS.Scheduling.StoryPoints")]
    [InlineData(ProcessTemplate.Cmmi, "Requirement", "Microsoft.VSTS.Scheduling.Size", "Microsoft.VSTS.Scheduling.Effort")]
    [InlineData(ProcessTemplate.Basic, "Issue", "Microsoft.VSTS.Scheduling.Effort", "Microsoft.VSTS.Scheduling.Size")]
    public async Task A_type_lists_its_own_fields(ProcessTemplate process, string type, string has, string hasNot)
    {
        await using var ado = await Ado.StartAsync(process: process);
        (await ado.PostAsync("_apis/wit/fields", JsonNode.Parse("""{"name": "Jira key", "referenceName": "Custom.JiraKey", "type": "string"}"""))).Ok();
        var fields = (await ado.GetAsync($"Fabrikam/_apis/wit/workitemtypes/{Uri.EscapeDataString(type)}/fields")).Ok()
            .Texts("value", "referenceName");
        Assert.Contains(has, fields);
        Assert.Contains("Custom.JiraKey", fields);
        Assert.DoesNotContain(hasNot, fields);
        var one = (await ado.GetAsync($"Fabrikam/_apis/wit/workitemtypes/{Uri.EscapeDataString(type)}/fields/{has}"))
            .Ok();
        Assert.Equal("false", one["alwaysRequired"]);
        Assert.Equal(404, (await ado.GetAsync(
            $"Fabrikam/_apis/wit/workitemtypes/{Uri.EscapeDataString(type)}/fields/{hasNot}")).Status);
    }

    [Fact]
    public async Task A_check_in_shows_the_state_to_which_it_would_move_an_item()
    {
        await using var ado = await Ado.StartAsync();
        var bug = await ado.CreateAsync("Bug");
        var epic = await ado.CreateAsync("Epic");
        var next = (await ado.GetAsync(
            $"_apis/wit/workitemtransitions?ids={bug},{epic},999&action=checkin&api-version=7.1")).Ok();
        Assert.Equal("Resolved", next["value", 0, "stateOnTransition"]);
        Assert.NotNull(next["value", 1, "message"]);
        Assert.StartsWith("TF401232", next["value", 2, "message"], StringComparison.Ordinal);
        Assert.Equal(400, (await ado.GetAsync("_apis/wit/workitemtransitions?ids=one&api-version=7.1")).Status);
        Assert.Contains(
            "Pull Request", (await ado.GetAsync("_apis/wit/artifactlinktypes")).Ok().Texts("value", "linkType"));
        Assert.Equal(400, (await ado.GetAsync("_apis/wit/artifactlinktypes?api-version=6.0")).Status);
        (await ado.GetAsync("_apis/wit/artifactlinktypes?api-version=6.0-preview.1")).Ok();
    }

    [Fact]
    public async Task Somebody_who_joins_the_organisation_is_accepted_and_a_name_of_two_is_not()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        Assert.Equal(400, (await ado.PatchAsync(id, Op.Field("System.AssignedTo", "dora@contoso.example"))).Status);
        foreach (var (name, address) in (
            (string, string)[])[("Dora Ek", "dora@contoso.example"), ("Dora Ek", "dora.ek@contoso.example")])
        {
            (await ado.SendAsync("POST", "../../sandbox/ado/people",
                new JsonObject { ["displayName"] = name, ["uniqueName"] = address })).Ok();
        }

        Assert.Equal("Dora Ek",
            (await ado.PatchAsync(id, Op.Field("System.AssignedTo", "DORA@contoso.example")))
                .Ok()["fields", "System.AssignedTo", "displayName"]);
        Assert.Equal(
            "The identity value 'Dora Ek' for field 'Assigned To' is ambiguous: several people are called so.",
            (await ado.PatchAsync(id, Op.Field("System.AssignedTo", "Dora Ek"))).Message);
        Assert.Equal("Dora Ek", (await ado.PatchAsync(
            id, Op.Field("System.AssignedTo", "Dora Ek <dora.ek@contoso.example>")))
                .Ok()["fields", "System.AssignedTo", "displayName"]);
    }
}
