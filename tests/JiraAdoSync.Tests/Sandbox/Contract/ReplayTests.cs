using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Tests.Sandbox.Control;
using Xunit;
using Calls = System.Func<
    JiraAdoSync.Tests.Sandbox.Contract.ReplayWorld, System.Text.Json.Nodes.JsonNode,
    System.Threading.Tasks.Task<JiraAdoSync.Tests.Sandbox.Contract.ReplayCall[]>>;

namespace JiraAdoSync.Tests.Sandbox.Contract;

/// <summary>
/// The vendors' official examples, replayed: the sandbox's answers have the shapes of the examples' answers.
/// </summary>
public sealed class ReplayTests
{
    private const string V = "api-version=7.1";
    private const string Preview = "api-version=7.1-preview.4";
    private const string Wit = ReplayWorld.Wit;
    private const string Collection = ReplayWorld.Collection;
    private const string Site = ReplayWorld.Site;
    private const string Ado = "ado/official-7.1/";
    private const string Jira = "jira/official-v3/";

    /// <summary>The examples of operations that the sandbox does not have, and why.</summary>
    private static readonly Dictionary<string, string> NotHad = new()
    {
        [Ado + "comments__GET__wit_workitems__taskId__comments_1.json"] = ByRevision,
        [Ado + "comments__GET__wit_workitems__taskId__comments_1_collectionscope.json"] = ByRevision,
        [Ado + "comments__GET__wit_workitems__taskId__comments_2.json"] = ByRevision,
        [Ado + "comments__GET__wit_workitems__taskId__comments_2_collectionscope.json"] = ByRevision,
        [Jira + "GET_search.json"] =
            "Search by startAt: Jira Cloud has removed it and answers 410, as the sandbox does.",
    };

    /// <summary>
    /// What is sent for each example: its own request, with the ids and names of the sandbox's world.
    /// </summary>
    private static readonly Dictionary<string, Calls> Table = new()
    {
        [Ado + "artifacturiquery__POST__wit_artifacturiquery.json"] = Send(_ => new(
            "POST", $"{Wit}/artifacturiquery?{V}", Parse("""{"artifactUris":["https://shop.example/1"]}"""))),
        [Ado + "attachments__GET__wit_attachments_download_attachment.json"] = Send(world => new(
            "GET", $"{Path(world.Attachment)}&download=true&{V}")),
        [Ado + "attachments__GET__wit_attachments_get_attachment_content.json"] = Send(world => new(
            "GET", $"{Path(world.Attachment).Replace("/Fabrikam", "", StringComparison.Ordinal)}&{V}")),
        [Ado + "attachments__GET__wit_attachments_get_project_attachment_content.json"] = Send(world => new(
            "GET", $"{Path(world.Attachment)}&{V}")),
        [Ado + "attachments__POST__wit_attachments_fileName-_binaryFile_.json"] = Send(_ => new(
            "POST", $"{Wit}/attachments?fileName=imageAsFileAttachment.png&{V}", ReplayWorld.File("binary"), 201)),
        [Ado + "attachments__POST__wit_attachments_fileName-_textFile_.json"] = Send(_ => new(
            "POST", $"{Wit}/attachments?fileName=textAsFileAttachment.txt&{V}", ReplayWorld.File("User text"), 201)),
        [Ado + "attachments__POST_wit_attachments_filename_chunked_register.json"] = Send(_ => new(
            "POST", $"{Wit}/attachments?uploadType=chunked&fileName=largefile.zip&{V}", ReplayWorld.File(""), 201)),
        [Ado + "attachments__PUT_wit_attachments_filename_chunked_content1.json"] = async (world, _) =>
        {
            var begun = await world.UploadAsync(
                $"{Wit}/attachments?uploadType=chunked&fileName=largefile.zip&{V}", ReplayWorld.File(""));
            var chunk = ReplayWorld.File("chunk");
            chunk.Headers.ContentRange = new ContentRangeHeaderValue(0, 4, 10);
            return [new("PUT", $"{Wit}/attachments/{begun["id"]}?uploadType=chunked&fileName=largefile.zip&{V}", chunk,
                201)];
        },
        [Ado + "classificationNodes__GET__wit_classificationNodes_areas__depth-2.json"] =
            Get($"{Wit}/classificationnodes/areas?$depth=2&{V}"),
        [Ado + "comments__DELETE__wit_workitems__taskId__comments_1.json"] = Send(world => new(
            "DELETE", $"{Wit}/workItems/{world.Item}/comments/1?{Preview}", Status: 200)),
        [Ado + "comments__GET__wit_workitems__issueId__comments_1.json"] = Get(
            world => $"{Wit}/workItems/{world.Item}/comments?$top=2&{Preview}"),
        [Ado + "comments__GET__wit_workitems__issueId__comments_2.json"] = async (world, _) =>
        {
            var first = await world.CallAsync("GET", $"{Wit}/workItems/{world.Item}/comments?$top=2&{Preview}");
            return [new("GET",
                $"{Wit}/workItems/{world.Item}/comments?continuationToken={first!["continuationToken"]}&{Preview}")];
        },
        [Ado + "comments__GET__wit_workitems__issueId__comments_3.json"] = Get(
            world => $"{Wit}/workItems/{world.Item}/comments?ids=1,2&{Preview}"),
        [Ado + "comments__GET__wit_workitems__issueId__comments__commentId_1.json"] = Get(
            world => $"{Wit}/workItems/{world.Item}/comments/1?{Preview}"),
        [Ado + "comments__PATCH__wit_workitems__taskId__comments_1.json"] = (world, example) =>
            Task.FromResult<ReplayCall[]>(
            [new("PATCH", $"{Wit}/workItems/{world.Item}/comments/1?{Preview}", Body(example))]),
        [Ado + "comments__POST__wit_workitems__taskId__comments_create.json"] = (world, example) =>
            Task.FromResult<ReplayCall[]>(
            [new("POST", $"{Wit}/workItems/{world.Item}/comments?{Preview}", Body(example))]),
        [Ado + "fields__GET__wit_fields__fieldName_.json"] = Get($"{Collection}/fields/System.IterationPath?{V}"),
        [Ado + "recycleBin__GET__wit_recyclebin__ids_.json"] = async (world, _) =>
        {
            await world.CallAsync("DELETE", $"{Wit}/workitems/{world.Item}?{V}");
            return [new("GET", $"{Wit}/recyclebin?ids={world.Item}&{V}")];
        },
        [Ado + "recycleBin__PATCH__wit_recyclebin_restore.json"] = async (world, example) =>
        {
            await world.CallAsync("DELETE", $"{Wit}/workitems/{world.Item}?{V}");
            return [new("PATCH", $"{Wit}/recyclebin/{world.Item}?{V}", Body(example))];
        },
        [Ado + "revisions__GET__list_workitem_revisions_paged.json"] = Get(
            world => $"{Wit}/workItems/{world.Item}/revisions?$top=2&$skip=1&{V}"),
        [Ado + "tags__GET__list_of_wit_tags.json"] = Get($"{Wit}/tags?{V}"),
        [Ado + "updates__GET__list_of_workitem_updates.json"] = Get(world =>
            $"{Wit}/workItems/{world.Item}/updates?{V}"),
        [Ado + "updates__GET__work_item_update.json"] = Get(world => $"{Wit}/workItems/{world.Item}/updates/1?{V}"),
        [Ado + "wiql__GET__wit_get_id_workitems.json"] = (_, example) => Task.FromResult<ReplayCall[]>(
            [new("POST", $"{Wit}/wiql?{V}", Body(example))]),
        [Ado + "wiql__GET__wit_wiql__queryId_.json"] = async (world, _) =>
        {
            var query = await world.CallAsync("POST", $"{Wit}/queries/Shared%20Queries?{V}",
                """
                {"name":"Tree","wiql":"SELECT [System.Id],[System.Title] FROM WorkItemLinks WHERE [System.Links.LinkType] = 'System.LinkTypes.Hierarchy-Forward' ORDER BY [System.Id] MODE (Recursive)"}
                """);
            return [new("GET", $"{Wit}/wiql/{query!["id"]}?{V}")];
        },
        [Ado + "workItemLinks__GET__wit_reporting_workItemLinks_50.json"] = Get($"{Wit}/reporting/workitemlinks?{V}"),
        [Ado + "workItemRelationTypes__GET__relation_type.json"] = Get(
            $"{Collection}/workitemrelationtypes/System.LinkTypes.Duplicate-Forward?{V}"),
        [Ado + "workItemRelationTypes__GET__relation_types.json"] = Get($"{Collection}/workitemrelationtypes?{V}"),
        [Ado + "workItemRevisions__GET__wit_reporting_workItemRevisions.json"] =
            Get($"{Wit}/reporting/workitemrevisions?{V}"),
        [Ado + "workItemRevisions__POST__wit_reporting_workItemRevisions_watermark-794.json"] = (_, example) =>
            Task.FromResult<ReplayCall[]>([new("POST", $"{Wit}/reporting/workitemrevisions?{V}", Body(example))]),
        [Ado + "workItemTypeStates__GET__workitem_type_states.json"] = Get($"{Wit}/workitemtypes/Bug/states?{V}"),
        [Ado + "workItemTypes__GET__wit_workItemTypes_Bug.json"] = Get($"{Wit}/workitemtypes/Bug?{V}"),
        [Ado + "workItemsBatch__POST__wit_WorkItemsBatch_ids-_ids__fields-_columns_.json"] = (world, example) =>
            Task.FromResult<ReplayCall[]>([new("POST", $"{Wit}/workitemsbatch?{V}", Body(example, body =>
                body["ids"] = new JsonArray(world.Item, world.Parent)))]),
        [Ado + "workItemsDelete__POST__wit_workitems_delete.json"] = (world, example) => Task.FromResult<ReplayCall[]>(
            [new("POST", $"{Wit}/workitemsdelete?{V}", Body(example, body => body["ids"] = new JsonArray(world.Item)),
                204, 200)]),
        [Ado + "workItems__DELETE__wit_workitems_id_.json"] = Send(world => new(
            "DELETE", $"{Wit}/workitems/{world.Item}?{V}", null, 204, 200)),
        [Ado + "workItems__GET__wit_WorkItems_id.json"] = Get(world => $"{Wit}/workitems/{world.Item}?{V}"),
        [Ado + "workItems__GET__wit_WorkItems_ids-_ids_.json"] = Get(
            world => $"{Collection}/workitems?ids={world.Item},{world.Parent}&{V}"),
        [Ado + "workItems__GET__wit_WorkItems_ids-_ids___expand-all.json"] = Get(
            world => $"{Collection}/workitems?ids={world.Item},{world.Parent}&$expand=all&{V}"),
        [Ado + "workItems__PATCH__wit_workitems__taskId_.json"] = Patch(),
        [Ado + "workItems__PATCH__wit_workitems__taskId_3.json"] = Patch(),
        [Ado + "workItems__PATCH__wit_workitems__taskId_4.json"] = Patch(),
        [Ado + "workItems__PATCH__wit_workitems__taskId_5.json"] = Patch(),
        [Ado + "workItems__PATCH__wit_workitems__taskId_6.json"] = Patch(),
        [Ado + "workItems__PATCH__wit_workitems__taskId_7.json"] = Patch(),
        [Ado + "workItems__PATCH__wit_workitems__taskId_8.json"] = Patch(),
        [Ado + "workItems__PATCH__wit_workitems__taskId_9.json"] = Patch(),
        [Ado + "workItems__PATCH__wit_workitems__taskId_14.json"] = Patch(),
        [Ado + "workItems__PATCH__wit_workitems__taskId__bypassRules-true.json"] = Patch("&bypassRules=true"),
        [Ado + "workItems__PATCH__wit_workitems__taskId_validate_only.json"] = Patch("&validateOnly=true"),
        [Ado + "workItems__POST__wit_workitems_create.json"] = (_, example) => Task.FromResult<ReplayCall[]>(
            [new("POST", $"{Wit}/workitems/$Task?{V}", Body(example))]),

        [Jira + "GET_configuration.json"] = Get($"{Site}/configuration"),
        [Jira + "GET_field.json"] = Get($"{Site}/field"),
        [Jira + "GET_issueLinkType.json"] = Get($"{Site}/issueLinkType"),
        [Jira + "GET_issueLinkType_issueLinkTypeId.json"] = Get(world => $"{Site}/issueLinkType/{world.LinkTypeId}"),
        [Jira + "GET_issueLink_linkId.json"] = Get(world => $"{Site}/issueLink/{world.LinkId}"),
        [Jira + "GET_issue_createmeta_projectIdOrKey_issuetypes.json"] =
            Get($"{Site}/issue/createmeta/SHOP/issuetypes"),
        [Jira + "GET_issue_createmeta_projectIdOrKey_issuetypes_issueTypeId.json"] = Get(
            world => $"{Site}/issue/createmeta/SHOP/issuetypes/{world.IssueTypeId}"),
        [Jira + "GET_issue_issueIdOrKey.json"] = Get($"{Site}/issue/SHOP-1"),
        [Jira + "GET_issue_issueIdOrKey_changelog.json"] = Get($"{Site}/issue/SHOP-1/changelog?startAt=1&maxResults=1"),
        [Jira + "GET_issue_issueIdOrKey_properties.json"] = Get($"{Site}/issue/SHOP-1/properties"),
        [Jira + "GET_issue_issueIdOrKey_properties_propertyKey.json"] =
            Get($"{Site}/issue/SHOP-1/properties/issue.support"),
        [Jira + "GET_issue_issueIdOrKey_remotelink.json"] = RemoteLink(_ => ""),
        [Jira + "GET_issue_issueIdOrKey_remotelink_linkId.json"] = RemoteLink(id => $"/{id}"),
        [Jira + "GET_issuetype.json"] = Get($"{Site}/issuetype"),
        [Jira + "GET_mypermissions.json"] = Get($"{Site}/mypermissions?permissions=BROWSE_PROJECTS,EDIT_ISSUES"),
        [Jira + "GET_myself.json"] = Get($"{Site}/myself?expand=groups,applicationRoles"),
        [Jira + "GET_project_search.json"] = Get($"{Site}/project/search"),
        [Jira + "GET_search_jql.json"] =
            Get($"{Site}/search/jql?jql=project%20%3D%20SHOP%20ORDER%20BY%20key&fields=*all"),
        [Jira + "GET_serverInfo.json"] = Get($"{Site}/serverInfo"),
        [Jira + "GET_status.json"] = Get($"{Site}/status"),
        [Jira + "GET_webhook.json"] = Get($"{Site}/webhook"),
        [Jira + "POST_changelog_bulkfetch.json"] = Send(_ => new(
            "POST", $"{Site}/changelog/bulkfetch", Parse("""{"issueIdsOrKeys":["SHOP-1"],"maxResults":1}"""))),
        [Jira + "POST_issue.json"] = Send(
            world => new("POST", $"{Site}/issue", Parse(world.NewIssue("Main order flow broken")), 201),
            _ => new("POST", $"{Site}/issue", Parse("""{"fields":{"project":{"key":"SHOP"}}}"""), 400)),
        [Jira + "POST_issueLink.json"] = (_, example) => Task.FromResult<ReplayCall[]>([new(
            "POST", $"{Site}/issueLink", Request(example, ("HSP-1", "SHOP-1"), ("MKY-1", "SHOP-2")), 201)]),
        [Jira + "POST_issueLinkType.json"] = (_, example) => Task.FromResult<ReplayCall[]>([new(
            "POST", $"{Site}/issueLinkType", Request(example, ("\"Duplicate\"", "\"Repetition\"")), 201)]),
        [Jira + "POST_issue_bulk.json"] = Send(
            world => new("POST", $"{Site}/issue/bulk", Parse(
                $$"""{"issueUpdates":[{{world.NewIssue("One")}},{{world.NewIssue("Two")}}]}"""), 201),
            _ => new("POST", $"{Site}/issue/bulk", Parse(
                """{"issueUpdates":[{"fields":{"project":{"key":"SHOP"}}}]}"""), 400)),
        [Jira + "POST_issue_bulkfetch.json"] = (_, example) => Task.FromResult<ReplayCall[]>([new(
            "POST", $"{Site}/issue/bulkfetch", Request(example, ("EX-", "SHOP-")))]),
        [Jira + "POST_issue_issueIdOrKey_changelog_list.json"] = async (world, _) =>
        {
            var page = await world.CallAsync("GET", $"{Site}/issue/SHOP-1/changelog");
            return [new("POST", $"{Site}/issue/SHOP-1/changelog/list", new JsonObject
            {
                ["changelogIds"] = new JsonArray(long.Parse(page!["values"]![0]!["id"]!.ToString(), null)),
            })];
        },
        [Jira + "POST_issue_issueIdOrKey_remotelink.json"] = (_, example) => Task.FromResult<ReplayCall[]>(
        [
            new("POST", $"{Site}/issue/SHOP-1/remotelink", Request(example), 201),
            new("POST", $"{Site}/issue/SHOP-1/remotelink", Request(example)),
            new("POST", $"{Site}/issue/SHOP-1/remotelink", Parse("""{"object":{"url":"https://shop.example/1"}}"""), 400),
        ]),
        [Jira + "POST_jql_parse.json"] = Send(_ => new(
            "POST", $"{Site}/jql/parse?validation=strict", Parse("""
                {"queries":["summary ~ test AND (labels in (urgent, blocker) OR assignee = currentUser()) ORDER BY updated DESC",
                  "invalid query", "summary = test"]}
                """))),
        [Jira + "POST_search_approximate-count.json"] = (_, example) => Task.FromResult<ReplayCall[]>(
            [new("POST", $"{Site}/search/approximate-count", Request(example, ("HSP", "SHOP")))]),
        [Jira + "POST_search_jql.json"] = Send(_ => new(
            "POST", $"{Site}/search/jql", Parse("""{"jql":"project = SHOP ORDER BY key","fields":["*all"]}"""))),
        [Jira + "PUT_issue_issueIdOrKey.json"] = Send(
            _ => new("PUT", $"{Site}/issue/SHOP-1", Parse("""{"fields":{"summary":"Completed"}}"""), 204),
            _ => new("PUT", $"{Site}/issue/SHOP-1?returnIssue=true", Parse("""{"fields":{"summary":"Completed"}}"""))),
    };

    /// <summary>What an example has and the sandbox's answer has not, or has in another form.</summary>
    private static readonly (string File, string Path, string Why)[] Exceptions =
    [
        // Azure DevOps.
        ("*recyclebin__ids_.json", "$[].id",
            "Text in this example; a number in the document and in the other example."),
        ("ado/*", "*.fields.System.*By", "A name in the older examples; an identity since version 5."),
        ("ado/*", "*.fields.System.AssignedTo", "A name in the older examples; an identity since version 5."),
        ("*list_of_wit_tags.json", "$[].lastUpdated",
            "Not in the document of version 7.1; the sandbox keeps no such time."),
        ("ado/*", "*._links.workItemHistory", "An older resource; the sandbox links the comments instead."),
        ("ado/*", "*relations[].attributes.*", "Relations come in no order: the first may be of another kind."),
        ("*work_item_update.json", "$._links", "Links of other resources."),
        ("*wit_workItemTypes_Bug.json", "$.field*[].helpText", "The processes' help texts are not played."),

        // Jira: pictures and their addresses.
        ("jira/*", "*.avatarUrls", "Pictures are not played."),
        ("jira/*", "*.avatarId", "Pictures are not played."),
        ("jira/*", "*.iconUrl", "Pictures are not played."),
        ("jira/*", "*.thumbnail", "Pictures are not played."),

        // Jira: what belongs to other products, plans or settings.
        ("jira/*", "*.project.insight", "Only with expand=insight."),
        ("*GET_project_search.json", "*.insight", "Only with expand=insight."),
        ("jira/*", "*.projectCategory", "The sandbox's project is in no category."),
        ("jira/*", "*.issuetype.scope", "Only types of team-managed projects have it."),
        ("jira/*", "*.issuetype.entityId", "Only types of team-managed projects have it."),
        ("jira/*", "*.priority.description", "The sandbox's priorities have no descriptions and colours."),
        ("jira/*", "*.priority.statusColor", "The sandbox's priorities have no descriptions and colours."),
        ("jira/*", "*.priority.self", "A priority is given as the site learned it, without an address."),
        ("jira/*", "*.statusCategory.self", "The sandbox's categories of states have no address."),
        ("*GET_serverInfo.json", "$.displayUrl*",
            "Addresses of other products, and of sites with a domain of their own."),
        ("*GET_serverInfo.json", "$.serverTimeZone", "The site's time zone is not played."),
        ("*GET_myself.json", "$.applicationRoles", "Groups and roles are not played."),
        ("*GET_myself.json", "$.groups", "Groups and roles are not played."),
        ("*GET_webhook.json", "*.fieldIdsFilter", "Webhooks are not filtered by fields."),
        ("*GET_project_search.json", "$.nextPage", "The sandbox's projects fit one page."),
        ("*POST_issue*.json", "*.transition", "Only where the request asks for a transition."),
        ("*POST_issue.json", "$.errorMessages",
            "Jira reports a field in errors; the example puts its text beside them."),

        // Jira: examples that their own document contradicts.
        ("*GET_myself.json", "$.key", "Empty since accounts have ids; Cloud has removed it."),
        ("*GET_myself.json", "$.name", "Empty since accounts have ids; Cloud has removed it."),
        ("jira/*", "*.author.key", "Empty since accounts have ids; Cloud has removed it."),
        ("jira/*", "*.author.name", "Empty since accounts have ids; Cloud has removed it."),
        ("jira/*", "*.fields.attachment[].id", "A number in the example of an issue; text in real answers."),
        ("jira/*", "*.fields.comment", "A list in the example; a page of comments in real answers."),
        ("jira/*", "*.fields.worklog", "A list in the example; a page of worklogs in real answers."),
        ("jira/*", "*.fields.updated", "The example holds a 1; a time in real answers."),
        ("*search_jql.json", "*.fields.description",
            "Text in this example; a document in version 3 and in the example of an issue."),
    ];

    private const string ByRevision = "Comments by revision: the API of version 3; version 7.1 has comments with ids.";

    /// <summary>The example files, or none where they do not lie beside the repository.</summary>
    public static TheoryData<string> Examples => [.. Table.Keys.Concat(NotHad.Keys).Order(StringComparer.Ordinal)];

    [Fact]
    public void Each_official_example_is_in_the_table()
    {
        var root = Root();
        var files = Directory.EnumerateFiles(root, "*.json", SearchOption.AllDirectories)
            .Select(file => System.IO.Path.GetRelativePath(root, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);
        Assert.Equal(files, Table.Keys.Concat(NotHad.Keys).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task The_answer_has_the_shape_of_the_official_example(string file)
    {
        var path = System.IO.Path.Combine(Root(), file);
        if (NotHad.TryGetValue(file, out var why))
        {
            Assert.Skip(why);
        }

        var example = JsonNode.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken))!;
        await using var sandbox = await SandboxClient.StartAsync(new SandboxOptions
        {
            Switches = new SandboxSwitches { JiraAccountsMayUseDynamicWebhooks = true },
        });
        var world = new ReplayWorld(sandbox);
        await (file.StartsWith(Ado, StringComparison.Ordinal) ? world.PrepareAzureDevOpsAsync()
            : world.PrepareJiraAsync());
        var problems = new List<string>();
        foreach (var call in await Table[file](world, example))
        {
            using var answer = call.Body is HttpContent content
                ? await sandbox.SendAsync(call.Method, call.Path, content)
                : await sandbox.SendAsync(call.Method, call.Path, (JsonNode?)call.Body);
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            var documented = example["responses"]![$"{call.Status}"];
            Assert.True(
                documented is not null && (int)answer.StatusCode == (call.Answered ?? call.Status),
                $"{file}: {call.Method} {call.Path}: {(int)answer.StatusCode} {text}");
            if (call.Answered is null && documented["body"] is { } expected)
            {
                Compare(file, "$", Bare(expected), Bare(JsonNode.Parse(text)), problems);
            }
        }

        Assert.True(problems.Count == 0, string.Join("\n", problems.Select(one => $"{file} {one}")));
    }

    /// <summary>Every property of the example is there with the same kind.</summary>
    private static void Compare(string file, string path, JsonNode? example, JsonNode? answer, List<string> problems)
    {
        if (example is null || answer is null || Exceptions.Any(one => Matches(one.File, file) && Matches(one.Path,
            path)))
        {
            return;
        }

        if (Kind(example) != Kind(answer))
        {
            problems.Add($"{path}: {Kind(example)} in the example, {Kind(answer)} here");
        }
        else if (example is JsonArray items)
        {
            if (items.Count > 0 && answer.AsArray().Count > 0)
            {
                Compare(file, path + "[]", items[0], answer[0], problems);
            }
            else if (items.Count > 0)
            {
                problems.Add($"{path}: nothing in it here");
            }
        }
        else if (example is JsonObject properties)
        {
            var isDictionary = Dictionaries.Any(name => path.EndsWith("." + name, StringComparison.Ordinal));
            foreach (var (name, value) in properties)
            {
                if (answer.AsObject().TryGetPropertyValue(name, out var ours))
                {
                    Compare(file, $"{path}.{name}", value, ours, problems);
                }
                else if (!isDictionary && !Exceptions.Any(one => Matches(one.File, file) && Matches(one.Path,
                    $"{path}.{name}")))
                {
                    problems.Add($"{path}.{name}: not there");
                }
            }
        }
    }

    /// <summary>
    /// Objects whose keys are names of fields, states, permissions or addresses: what both have is compared.
    /// </summary>
    private static readonly string[] Dictionaries =
        ["fields", "permissions", "transitions", "artifactUrisQueryResult", "errors"];

    private static string Kind(JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        var kind => kind.ToString(),
    };

    /// <summary>A star at either end matches anything.</summary>
    private static bool Matches(string pattern, string text) =>
        System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(
        pattern, text, ignoreCase: false);

    // Two examples are written as lists around or without the envelope {count, value} that the document describes.
    private static JsonNode? Bare(JsonNode? body) => body switch
    {
        JsonArray { Count: 1 } list when list[0] is JsonObject inner && inner.ContainsKey("value") => inner["value"],
        JsonObject listing when listing.ContainsKey("count") && listing["value"] is JsonArray value => value,
        _ => body,
    };

    private static string Root()
    {
        Assert.SkipWhen(
            Repository.Shared("fixtures", "INDEX.md") is null,
            "The vendors' official examples do not lie beside the repository (../shared/fixtures).");
        return System.IO.Path.Combine(Repository.Root, "..", "shared", "fixtures");
    }

    private static Calls Get(string path) => Send(_ => new ReplayCall("GET", path));

    private static Calls Get(Func<ReplayWorld, string> path) => Send(world => new ReplayCall("GET", path(world)));

    private static Calls Send(params Func<ReplayWorld, ReplayCall>[] calls) => (world, _) => Task.FromResult(
        calls.Select(call => call(world)).ToArray());

    /// <summary>
    /// The example's own patch, with the revision, items, area and attachment of the sandbox's world.
    /// </summary>
    private static Calls Patch(string query = "") => async (world, example) =>
    {
        var patch = JsonNode.Parse(example["parameters"]!["body"]!.ToJsonString()
            .Replace("Fabrikam-Fiber-Git", "Fabrikam", StringComparison.Ordinal))!.AsArray();
        foreach (var operation in patch)
        {
            if (operation!["path"]!.ToString() == "/rev")
            {
                operation["value"] = await world.RevisionAsync();
            }
            else if (operation["value"] is JsonObject { } relation
                && relation["rel"]!.ToString() is var rel and not "Hyperlink")
            {
                relation["url"] = rel == "AttachedFile"
                    ? world.Unattached : new Uri(new Uri(world.Attachment),
                        $"/ado/contoso/_apis/wit/workItems/{world.Other}").ToString();
            }
        }

        return [new("PATCH", $"{Wit}/workitems/{world.Item}?{V}{query}", patch)];
    };

    /// <summary>Writes the remote link of the example first.</summary>
    private static Calls RemoteLink(Func<string, string> path) => async (world, example) =>
    {
        var link = example["responses"]!["200"]!["body"]!;
        link = (link is JsonArray ? link[0]! : link).DeepClone();
        link.AsObject().Remove("id");
        link.AsObject().Remove("self");
        var written = await world.CallAsync("POST", $"{Site}/issue/SHOP-1/remotelink", link.ToJsonString());
        return [new("GET", $"{Site}/issue/SHOP-1/remotelink{path(written!["id"]!.ToString())}")];
    };

    private static JsonNode Body(JsonNode example, Action<JsonNode>? change = null)
    {
        var body = example["parameters"]!["body"]!.DeepClone();
        change?.Invoke(body);
        return body;
    }

    private static JsonNode Request(JsonNode example, params (string Theirs, string Ours)[] names) =>
        Parse(names.Aggregate(
        example["request"]!.ToJsonString(),
        (text, name) => text.Replace(name.Theirs, name.Ours, StringComparison.Ordinal)));

    private static JsonNode Parse(string json) => JsonNode.Parse(json)!;

    private static string Path(string address) => new Uri(address).PathAndQuery;
}
