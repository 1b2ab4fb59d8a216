using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using JiraAdoSync.Rest;
using JiraAdoSync.Sandbox.Demo;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>What somebody meets who tries the module by hand.</summary>
public sealed class FirstMinutesTests : IDisposable
{
    private const string Sync = "Invoke-JiraAdoSync -Jql 'project = SHOP'";

    private readonly TemporaryFolder _folder = new();

    private string Runs => $"-RunPath '{_folder.Path}'";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_run_that_only_shows_what_it_would_do_says_so_with_the_counts_of_the_plan()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var plan = world.Run($"{Sync} -PlanOnly").Succeeded();
        var shown = world.Run($"{Sync} -WhatIf").Succeeded();
        Assert.Equal("WouldChange", shown.RunOutcome());

        // A creation is its type and its title; fields are for what is changed.
        var person = new Person(_ => false);
        using var session = SessionOf(world, person);
        session.Run($"{Sync} -Confirm").Succeeded();
        Assert.Contains(person.Asked, asked => asked.Contains("\"Create User Story\" on target \"SHOP-1 \"Customers", StringComparison.Ordinal));
        foreach (var (counts, type) in new[] { ("WorkItems", "WorkItemChange"), ("Relations", "RelationChange") })
        {
            Assert.Equal(
                plan.Rows(type, "Action").GroupBy(action => action)
                    .ToDictionary(group => group.Key, group => group.Count()),
                (IReadOnlyDictionary<string, int>)shown.Summary.Properties[counts].Value);
        }

        world.Run(Sync).Succeeded();
        Assert.Equal("NoChange", world.Run($"{Sync} -WhatIf").Succeeded().RunOutcome());
        var undo = world.Run("Undo-JiraAdoRun -Last -WhatIf").Succeeded();
        Assert.Equal("WouldChange", undo.RunOutcome());
        Assert.Equal(6, (await world.Board.ItemsAsync()).Count);
    }

    [Fact]
    public async Task What_somebody_declines_counts_as_declined_and_never_as_done()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var host = new Person(target => target.Contains("SHOP-1 ", StringComparison.Ordinal));
        using var session = SessionOf(world, host);
        var run = session.Run($"{Sync} -Confirm").Succeeded();
        Assert.Equal("Changed", run.RunOutcome());
        Assert.Equal("Create 1, Declined 5", Counts(run, "WorkItems"));
        Assert.Equal("Declined 5", Counts(run, "Relations"));
        Assert.Single(await world.Board.ItemsAsync());

        var none = SessionOf(world, new Person(_ => false)).Run($"{Sync} -Confirm").Succeeded();
        Assert.Equal("NoChange", none.RunOutcome());
        Assert.Equal("Keep 1, Declined 5", Counts(none, "WorkItems"));
    }

    [Fact]
    public async Task A_change_shows_the_title_first_and_fields_only_where_they_change()
    {
        await using var world = await World.StartAsync(
            new JiraSeed().Issue(1, "Story", "Pay by card").Fields(1, """{"description":"Why and how."}""").Lines);
        Assert.Equal("Pay by card", Detail(world.Run($"{Sync} -PlanOnly").Succeeded()));
        Assert.Equal("Pay by card", Detail(world.Run(Sync).Succeeded()));
        await world.Tracker.SetSummaryAsync("SHOP-1", "Pay by card or cash");
        Assert.Equal("Pay by card or cash: Title (now \"Pay by card\")", Detail(world.Run($"{Sync} -PlanOnly").Succeeded()));
        var report = Path.Combine(_folder.Path, "run.html");
        world.Run($"{Sync} -Report '{report}'").Succeeded();

        Assert.Contains(
            "Pay by card or cash: Title",
            await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken),
            StringComparison.Ordinal);

        string Detail(PowerShellSession.Outcome outcome)
        {
            world.Session.Set("change", outcome.Output[0]);
            return world.Run("[JiraAdoSync.Output.Formatting]::Detail($change)").Succeeded().Output.Single().ToString();
        }
    }

    [Fact]
    public async Task A_link_to_an_issue_that_the_mapping_leaves_out_is_left_out_and_waits_for_nothing()
    {
        await using var world = await World.StartAsync(
            new JiraSeed().Issue(1, "Story").Issue(2, "Bug").Link(1, "blocks", 2).Lines);
        var run = world.Run($"{Sync} -TypeMapping @{{ Bug = $null }}").Succeeded();
        Assert.Equal(["Skip LeftOut"], run.Rows("RelationResult", "Action", "Reason"));
        Assert.Empty((IEnumerable<string>)run.Summary.Properties["PendingKeys"].Value);
    }

    [Fact]
    public async Task A_link_mapping_adds_to_the_default_and_replaces_it_only_on_request()
    {
        await using var world = await World.StartAsync(new JiraSeed().Issue(1, "Story").Issue(2, "Story").Issue(3, "Story")
            .Link(1, "blocks", 2).Link(2, "tests", 3).Lines);
        var refused = world.Run($"{Sync} -PlanOnly");
        Assert.Equal("LinkTypeUnmapped", refused.FailureId);
        Assert.Equal(
            ["Related", "Successor"],
            Relations("-LinkTypeMapping @{ tests = 'Related' }"));
        // One end that is given defines the other, whatever the default has for it.
        Assert.Equal(["Predecessor", "Related"], Relations("-LinkTypeMapping @{ tests = 'Related'; 'is blocked by' = 'Successor' }"));
        Assert.Equal(["", "Related"], Relations("-LinkTypeMapping @{ tests = 'Related'; blocks = $null }"));
        Assert.Equal(
            "LinkTypeUnmapped",
            world.Run($"{Sync} -PlanOnly -LinkTypeMapping @{{ tests = 'Related' }} -NoDefaultLinkTypes").FailureId);

        IEnumerable<string> Relations(string mapping) => world.Run($"{Sync} -PlanOnly {mapping}").Succeeded()
            .Rows("RelationChange", "Relation").Order();
    }

    [Fact]
    public async Task Runs_are_those_between_the_connected_sites_and_the_last_one_can_be_undone_with_one_question()
    {
        await using var other = await World.StartAsync(RecipeStory.Issues);
        other.Run($"{Sync} {Runs}").Succeeded();
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run($"{Sync} {Runs}").Succeeded();
        world.Run($"{Sync} {Runs}").Succeeded();
        Assert.Equal(3, world.Run($"Get-JiraAdoRun {Runs} -All").Succeeded().Output.Count);
        Assert.Equal(2, world.Run($"Get-JiraAdoRun {Runs}").Succeeded().Output.Count);

        var person = new Person(_ => true);
        using var session = SessionOf(world, person);
        var undo = session.Run($"Undo-JiraAdoRun -Last {Runs}").Succeeded();
        Assert.Equal("Changed", undo.RunOutcome());
        Assert.Contains("6 work items to the recycle bin", Assert.Single(person.Asked), StringComparison.Ordinal);
        Assert.Empty(await world.Board.ItemsAsync());

        // What is undone is not undone twice, and nothing of the other site is.
        Assert.Equal("RunNotFound", session.Run($"Undo-JiraAdoRun -Last {Runs}").FailureId);
    }

    [Fact]
    public async Task The_last_run_stays_the_last_while_its_undo_is_declined_broken_off_or_undone_itself()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        world.Run($"Invoke-JiraAdoSync -Jql 'key = SHOP-4' {Runs}").Succeeded();
        world.Run($"{Sync} {Runs}").Succeeded();
        using var session = SessionOf(world, new Person(_ => false));
        var declined = session.Run($"Undo-JiraAdoRun -Last {Runs}").Succeeded();
        Assert.Equal("NoChange", declined.RunOutcome());
        Assert.Equal(2, Directory.GetFiles(_folder.Path).Length);
        Assert.True(IsLast());

        // An undo that was killed has no end.
        world.Run($"Undo-JiraAdoRun -Last {Runs} -Confirm:$false").Succeeded();
        var record = Directory.GetFiles(_folder.Path).Order(StringComparer.Ordinal).Last();
        var lines = await File.ReadAllLinesAsync(record, TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(record, lines[..^1], TestContext.Current.CancellationToken);
        Assert.True(IsLast());
        await File.WriteAllLinesAsync(record, lines, TestContext.Current.CancellationToken);
        Assert.False(IsLast());

        // What an undo of the undo brought back can be undone again.
        world.Run($"Undo-JiraAdoRun {Path.GetFileNameWithoutExtension(record)} {Runs} -Confirm:$false").Succeeded();
        Assert.True(IsLast());

        // The first run created one work item, the last one the others.
        bool IsLast() => world.Run($"Undo-JiraAdoRun -Last {Runs} -WhatIf").Succeeded().Of("UndoResult").Count > 1;
    }

    [Fact]
    public async Task Records_are_removed_by_name_or_by_age()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var first = world.Run($"{Sync} {Runs}").Succeeded().Summary.Properties["RunId"].Value;
        world.Run($"Undo-JiraAdoRun {first} {Runs} -Confirm:$false").Succeeded();
        world.Run($"Remove-JiraAdoRun {first} {Runs} -WhatIf").Succeeded();
        Assert.Equal(2, Directory.GetFiles(_folder.Path).Length);
        world.Run($"Remove-JiraAdoRun {first} {Runs}").Succeeded();
        Assert.Single(Directory.GetFiles(_folder.Path));
        Assert.Equal(["RunNotFound"], world.Run($"Remove-JiraAdoRun {first} {Runs}").ErrorIds);
        world.Run($"Remove-JiraAdoRun -OlderThan ([datetimeoffset]::Now.AddDays(-1)) {Runs}").Succeeded();
        Assert.Single(Directory.GetFiles(_folder.Path));
        world.Run($"Remove-JiraAdoRun -OlderThan ([datetimeoffset]::Now.AddDays(1)) {Runs}").Succeeded();
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task A_summary_alone_has_no_rows_and_shows_seconds()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        Assert.Equal(["Plan: 6 work items and 5 links to add. Nothing is written yet."],
            world.Run($"{Sync} -PlanOnly -Summary 6>&1").Succeeded().Output.Select(one => $"{one}"));
        var run = world.Run($"{Sync} -Summary").Succeeded();
        Assert.Equal("SyncSummary", Assert.Single(run.Output).BaseObject.GetType().Name);
        world.Session.Set("summary", run.Output[0]);

        // A TimeSpan is there for scripts that want one, and nowhere else.
        Assert.Equal(
            ["True", "False"],
            world.Run("$summary.Duration.TotalSeconds -eq $summary.Seconds; $summary.psobject.Properties.Name -contains 'Duration'")
                .Succeeded().Output.Select(one => $"{one}"));
        Assert.DoesNotContain(
            run.Output[0].BaseObject.GetType().GetProperties(), property => property.PropertyType == typeof(TimeSpan));
        Assert.Equal(
            ["0", "1.3 s", "2 min 5 s"],
            world.Run("[JiraAdoSync.Output.Formatting]::Keys($summary.FailedKeys); [JiraAdoSync.Output.Formatting]::Seconds(1.26); "
                + "[JiraAdoSync.Output.Formatting]::Seconds(125.2)").Succeeded().Output.Select(one => $"{one}"));
        Assert.Equal(["Plan: nothing to write; 6 work items and 5 links unchanged."],
            world.Run($"{Sync} -PlanOnly -Summary 6>&1").Succeeded().Output.Select(one => $"{one}"));
    }

    [Theory]
    [InlineData("run.html", "Customers can pay by card")]
    [InlineData("run.md", "# JiraAdoSync: Changed")]
    public async Task A_run_writes_its_own_report(string name, string expected)
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var path = Path.Combine(_folder.Path, name);
        world.Run($"{Sync} -Report '{path}'").Succeeded();
        var text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        Assert.Contains(expected, text, StringComparison.Ordinal);
        Assert.Equal("ReportUnwritable", world.Run($"{Sync} -Report '{_folder.Path}/no/run.md'").FailureId);
    }

    [Fact]
    public async Task The_default_mapping_is_in_order_and_in_the_names_that_people_see()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var text = string.Join(
            ' ',
            world.Run("(Get-LinkTypeMapping).GetEnumerator() | ForEach-Object { \"$($_.Key)=$($_.Value)\" }").Succeeded().Output);
        Assert.StartsWith("blocks=Successor is blocked by=Predecessor relates to=Related", text, StringComparison.Ordinal);
        world.Run($"$map = Get-LinkTypeMapping; $map['Feeds'] = 'Related'; {Sync} -LinkTypeMapping $map").Succeeded();
    }

    [Fact]
    public async Task Verbose_lines_name_the_service()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var lines = world.Run($"{Sync} -Verbose 4>&1").Succeeded().Of("VerboseRecord").Select(one => $"{one}").ToList();
        Assert.Contains(lines, line => line.StartsWith("Jira: GET /jira/rest/", StringComparison.Ordinal) || line.StartsWith("Jira: POST ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("Azure DevOps: POST ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_profile_connects_both_sites_with_secrets_from_a_vault_the_environment_or_a_person()
    {
        await using var world = await World.StartAsync(RecipeStory.Issues);
        var sandbox = world.Sandbox;
        var profile = Path.Combine(_folder.Path, "sync.psd1");
        world.Run($"New-JiraAdoProfile '{profile}' 'project = SHOP'").Succeeded();
        Assert.Contains(
            "Unmapped = 'Error'",
            await File.ReadAllTextAsync(profile, TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        world.Session.Set("jiraSecret", Protected(sandbox.JiraToken));
        world.Session.Set("adoSecret", Protected(sandbox.AdoToken));
        world.Run("Disconnect-JiraAdo").Succeeded();
        Assert.Empty(world.Run("Get-JiraAdoConnection").Succeeded().Output);

        // A vault, as Microsoft.PowerShell.SecretManagement puts it.
        var connected = world.Run(
            $$"""
            function Get-Secret([string] $Name, $ErrorAction) {
                if ($Name -eq 'JiraAdoSync.Jira') { [pscredential]::new('{{sandbox.JiraUser}}', $jiraSecret) }
                if ($Name -eq 'JiraAdoSync.Ado') { $adoSecret }
            }
            Connect-JiraAdo -Profile '{{profile}}'
            """).Succeeded();
        Assert.Equal(["JiraConnection", "AdoConnection"], connected.Output.Select(one => one.BaseObject.GetType().Name));
        Assert.Equal(2, world.Run("Get-JiraAdoConnection").Succeeded().Output.Count);
        world.Run($"Invoke-JiraAdoSync -Profile '{profile}'").Succeeded();

        // A person, who is asked for what nothing else has.
        var person = new Person(_ => true) { Secrets = new([sandbox.AdoToken]) };
        using var session = new PowerShellSession(person);
        session.Set("jiraCredential", new PSCredential(sandbox.JiraUser, Protected(sandbox.JiraToken)));
        session.Run($"Connect-JiraAdo '{profile}' -JiraCredential $jiraCredential").Succeeded();
        Assert.Empty(person.Secrets);

        // Nobody: the error says what is wanted.
        using var nobody = new PowerShellSession();
        nobody.Set("jiraCredential", new PSCredential(sandbox.JiraUser, Protected(sandbox.JiraToken)));
        var alone = nobody.Run($"Connect-JiraAdo '{profile}' -JiraCredential $jiraCredential");
        Assert.Equal("SecretMissing", alone.FailureId);
        Assert.Contains("ADO_TOKEN", alone.Failure!.Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("contoso.atlassian.net", "https://contoso.atlassian.net/")]
    [InlineData("jira.contoso.com:8443/jira", "https://jira.contoso.com:8443/jira")]
    [InlineData("http://localhost:2990/jira", "http://localhost:2990/jira")]
    [InlineData("https://contoso.atlassian.net", "https://contoso.atlassian.net/")]
    [InlineData("contoso", "contoso")]
    public void An_address_without_a_scheme_is_meant_as_https(string given, string meant) =>
        Assert.Equal(meant, WebAddress.Complete(new Uri(given, UriKind.RelativeOrAbsolute)).ToString());

    private static PowerShellSession SessionOf(World world, PSHost host)
    {
        var session = new PowerShellSession(host);
        session.Set("jiraUri", world.Sandbox.JiraUri);
        session.Set("jiraCredential", new PSCredential(world.Sandbox.JiraUser, Protected(world.Sandbox.JiraToken)));
        session.Set("adoToken", Protected(world.Sandbox.AdoToken));
        session.Run(
            $"$null = Connect-JiraSite $jiraUri $jiraCredential; $null = Connect-AdoProject {world.Sandbox.OrganizationUri} {world.Sandbox.Project} $adoToken")
            .Succeeded();
        return session;
    }

    private static string Counts(PowerShellSession.Outcome run, string name) => string.Join(
        ", ",
        ((IReadOnlyDictionary<string, int>)run.Summary.Properties[name].Value).Select(pair => $"{pair.Key} {pair.Value}"));

    private static SecureString Protected(string text) => new System.Net.NetworkCredential(string.Empty, text).SecurePassword;

    /// <summary>Somebody at a console, who answers what is asked.</summary>
    private sealed class Person(Func<string, bool> agrees) : PSHost
    {
        public Func<string, bool> Agrees => agrees;

        public List<string> Asked { get; } = [];

        public Queue<string> Secrets { get; init; } = [];

        public override Guid InstanceId { get; } = Guid.NewGuid();

        public override string Name => "A person";

        public override Version Version { get; } = new(1, 0);

        public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

        public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;

        public override PSHostUserInterface UI => field ??= new Console(this);

        public override void EnterNestedPrompt() => throw new NotSupportedException();

        public override void ExitNestedPrompt() => throw new NotSupportedException();

        public override void NotifyBeginApplication()
        {
        }

        public override void NotifyEndApplication()
        {
        }

        public override void SetShouldExit(int exitCode)
        {
        }

        private sealed class Console(Person person) : PSHostUserInterface
        {
            public override PSHostRawUserInterface RawUI => null!;

            public override int PromptForChoice(
                string caption,
                string message,
                System.Collections.ObjectModel.Collection<ChoiceDescription> choices,
                int defaultChoice)
            {
                person.Asked.Add(message);
                return person.Agrees(message) ? 0 : 2;
            }

            public override SecureString ReadLineAsSecureString() => Protected(person.Secrets.Dequeue());

            public override Dictionary<string, PSObject> Prompt(
                string caption, string message, System.Collections.ObjectModel.Collection<FieldDescription> descriptions) => [];

            public override PSCredential PromptForCredential(
                string caption, string message, string userName, string targetName) => null!;

            public override PSCredential PromptForCredential(
                string caption,
                string message,
                string userName,
                string targetName,
                PSCredentialTypes allowedCredentialTypes,
                PSCredentialUIOptions options) => null!;

            public override string ReadLine() => string.Empty;

            public override void Write(string value)
            {
            }

            public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value)
            {
            }

            public override void WriteDebugLine(string message)
            {
            }

            public override void WriteErrorLine(string value)
            {
            }

            public override void WriteLine(string value)
            {
            }

            public override void WriteProgress(long sourceId, ProgressRecord record)
            {
            }

            public override void WriteVerboseLine(string message)
            {
            }

            public override void WriteWarningLine(string message)
            {
            }
        }

    }
}
