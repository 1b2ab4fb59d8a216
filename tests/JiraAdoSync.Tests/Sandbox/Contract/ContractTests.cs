using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Tests.Sandbox.Control;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Contract;

/// <summary>The sandbox by the vendors' own documents.</summary>
public sealed class ContractTests
{
    private const string V = "api-version=7.1";
    private const string Ado = "/ado/contoso/Fabrikam/_apis/wit";

    /// <summary>What was called and is not in the documents: operations, and statuses of operations.</summary>
    private static readonly string[] AzureDevOpsBeside =
    [
        "DELETE /{organization}/_apis/projects/{projectId}: 202",
        "DELETE /{organization}/{project}/_apis/wit/classificationnodes/{structureGroup}/{path}: 204",
        "DELETE /{organization}/{project}/_apis/wit/recyclebin/{id}: 204",
        "DELETE /{organization}/{project}/_apis/wit/tags/{tagIdOrName}: 204",
        "GET /contoso/_apis/connectionData",
        "GET /{organization}/_apis/work/accountmyworkrecentactivity: 404",
        "PATCH /{organization}/_apis/projects/{projectId}: 202",
        "POST /contoso/Fabrikam/_apis/wit/queries/Shared Queries",
        "POST /{organization}/_apis/projects: 202",
        "POST /{organization}/{project}/_apis/wit/attachments: 201",
        "POST /{organization}/{project}/_apis/wit/classificationnodes/{structureGroup}/{path}: 201",
    ];

    /// <summary>What is in the documents and was not answered as they say: the sandbox does not have it.</summary>
    private static readonly string[] AzureDevOpsWithout =
    [
        "DELETE /{organization}/{project}/_apis/wit/fields/{fieldNameOrRefName}",
        "GET /{organization}/_apis/work/accountmyworkrecentactivity",
        "HEAD /{organization}/{project}/{team}/_apis/wit/wiql/{id}",
        "PATCH /{organization}/{project}/_apis/wit/fields/{fieldNameOrRefName}",
        "POST /{organization}/{project}/_apis/wit/projectprocessmigration",
        "PUT /{organization}/{project}/_apis/wit/attachments/{id}",
    ];

    private static readonly string[] JiraBeside =
    [
        "GET /rest/api/3/search: 410",
        "POST /rest/api/3/search: 410",
    ];

    private static readonly string[] JiraWithout =
    [
        "DELETE /rest/api/3/issue/{issueIdOrKey}/worklog",
        "DELETE /rest/api/3/issue/{issueIdOrKey}/worklog/{worklogId}/properties/{propertyKey}",
        "DELETE /rest/api/3/user",
        "GET /rest/api/3/component",
        "GET /rest/api/3/issue/{issueIdOrKey}/worklog/{worklogId}/properties",
        "GET /rest/api/3/issue/{issueIdOrKey}/worklog/{worklogId}/properties/{propertyKey}",
        "GET /rest/api/3/jql/autocompletedata",
        "GET /rest/api/3/jql/autocompletedata/suggestions",
        "GET /rest/api/3/priority/search",
        "GET /rest/api/3/project/{projectIdOrKey}/component",
        "GET /rest/api/3/resolution/search",
        "GET /rest/api/3/search",
        "GET /rest/api/3/workflow/search",
        "POST /rest/api/3/bulk/issues/unwatch",
        "POST /rest/api/3/bulk/issues/watch",
        "POST /rest/api/3/field",
        "POST /rest/api/3/issue/{issueIdOrKey}/worklog/move",
        "POST /rest/api/3/issuetype",
        "POST /rest/api/3/jql/autocompletedata",
        "POST /rest/api/3/jql/match",
        "POST /rest/api/3/permissions/check",
        "POST /rest/api/3/permissions/project",
        "POST /rest/api/3/priority",
        "POST /rest/api/3/resolution",
        "POST /rest/api/3/search",
        "POST /rest/api/3/user",
        "PUT /rest/api/3/issue/{issueIdOrKey}/worklog/{worklogId}/properties/{propertyKey}",
        "PUT /rest/api/3/project/{projectIdOrKey}",
    ];

    [Fact]
    public async Task Azure_DevOps_answers_as_Microsofts_documents_say()
    {
        var contract = await OpenAsync();
        await using var sandbox = await SandboxClient.StartAsync(new SandboxOptions { Watcher = contract.Watch });
        await UseAzureDevOpsAsync(sandbox);
        Report(contract);
        Assert.Equal(AzureDevOpsBeside, contract.Outside);
        Assert.Equal(AzureDevOpsWithout, Without(contract).Where(IsAzureDevOps));
        contract.Verify();
    }

    [Fact]
    public async Task Jira_answers_as_Atlassians_document_says()
    {
        var contract = await OpenAsync();
        await using var sandbox = await SandboxClient.StartAsync(new SandboxOptions { Watcher = contract.Watch });
        await UseJiraAsync(sandbox);
        Report(contract);
        Assert.Equal(JiraBeside, contract.Outside);
        Assert.Equal(JiraWithout, Without(contract).Where(one => !IsAzureDevOps(one)));
        contract.Verify();
    }

    /// <summary>
    /// What of the documents was called, and what was called beside them, for who reads the log of a run.
    /// </summary>
    private static void Report(VendorContract contract) => TestContext.Current.TestOutputHelper!.WriteLine(
        $"""
        Judged: {contract.Covered.Count} operations of {contract.Operations.Count()}
        Beside the documents:
          {string.Join("\n  ", contract.Outside)}
        Of the documents, not had:
          {string.Join("\n  ", Without(contract))}
        """);

    /// <summary>The operations of the documents that nothing answered.</summary>
    private static IEnumerable<string> Without(VendorContract contract) => contract.Operations
        .Where(operation => !contract.Covered.Contains(operation)
            && !contract.Outside.Any(beside => beside.StartsWith(operation + ": 20", StringComparison.Ordinal)))
        .Order(StringComparer.Ordinal);

    private static bool IsAzureDevOps(string operation) =>
        operation.Contains("/{organization}/", StringComparison.Ordinal);

    private static async Task<VendorContract> OpenAsync()
    {
        var contract = await VendorContract.OpenAsync();
        Assert.SkipWhen(contract is null, "The vendors' documents do not lie beside the repository (../shared/specs).");
        return contract;
    }

    /// <summary>Calls every operation that Microsoft's documents and the sandbox both have.</summary>
    private static async Task UseAzureDevOpsAsync(SandboxClient sandbox)
    {
        var parent = await sandbox.CreateWorkItemAsync("Parent");
        var child = await sandbox.CreateWorkItemAsync(
            "Child", sandbox.Relate("System.LinkTypes.Hierarchy-Reverse", parent));
        var url = $"{Ado}/workitems/{child}?{V}";
        await sandbox.CallAsync("PATCH", url, JsonNode.Parse(
            """
            [
              {"op":"test","path":"/rev","value":1},
              {"op":"add","path":"/fields/System.Tags","value":"one; two"},
              {"op":"add","path":"/fields/System.Description","value":"<b>Bold</b>"},
              {"op":"add","path":"/fields/Microsoft.VSTS.Common.Priority","value":1},
              {"op":"add","path":"/relations/-","value":
                {"rel":"Hyperlink","url":"https://shop.example/1","attributes":{"comment":"The shop"}}}
            ]
            """));
        foreach (var path in (string[])
        [
            $"/workitems/{child}?{V}&$expand=all", $"/workitems/{child}?{V}&fields=System.Title",
            $"/workitems?ids={parent},{child}&{V}",
            $"/workitems?ids={parent},999&{V}&errorPolicy=omit&$expand=relations", $"/workItems/{child}/updates?{V}",
            $"/workItems/{child}/updates/1?{V}", $"/workItems/{child}/revisions?{V}",
            $"/workItems/{child}/revisions/1?{V}",
            $"/workitemtypes?{V}", $"/workitemtypes/Task?{V}", $"/workitemtypes/Task/states?{V}",
            $"/workitemtypes/Task/fields?{V}",
            $"/workitemtypes/Task/fields/System.State?{V}", $"/workitemtypes/Task/fields/System.State?{V}&$expand=all",
            $"/workitemtypecategories?{V}", $"/workitemtypecategories/Microsoft.TaskCategory?{V}",
            $"/workitems/$Task?{V}",
            $"/fields?{V}", $"/fields/System.State?{V}", $"/tags?{V}", $"/tags/one?{V}",
            $"/classificationnodes?{V}&$depth=2",
            $"/classificationnodes/areas?{V}&$depth=2", $"/classificationnodes/iterations/Iteration%201?{V}",
            $"/reporting/workitemlinks?{V}", $"/reporting/workitemrevisions?{V}", $"/recyclebin?{V}",
            $"/reporting/workItemRevisions/discussions?{V}-preview.1",
        ])
        {
            (await sandbox.GetAsync(Ado + path)).Dispose();
        }

        foreach (var path in (string[])
        [
            $"/_apis/wit/workitemrelationtypes?{V}", $"/_apis/wit/workitemrelationtypes/System.LinkTypes.Related?{V}",
            $"/_apis/wit/artifactlinktypes?{V}", $"/_apis/wit/workitemtransitions?ids={child}&{V}",
            $"/_apis/projects?{V}",
            $"/_apis/projects/Fabrikam?{V}&includeCapabilities=true", $"/_apis/process/processes?{V}",
            $"/_apis/connectionData?{V}-preview.1", $"/_apis/wit/fields?{V}",
            $"/_apis/work/accountmyworkrecentactivity?{V}",
        ])
        {
            (await sandbox.GetAsync("/ado/contoso" + path)).Dispose();
        }

        foreach (var (path, body) in (IEnumerable<(string, string)>)
        [
            ($"/workitemsbatch?{V}", $$"""{"ids":[{{parent}},{{child}}],"$expand":"relations","errorPolicy":"omit"}"""),
            ($"/workitemsbatch?{V}", $$"""{"ids":[{{parent}},999],"fields":["System.Title"],"errorPolicy":"omit"}"""),
            ($"/wiql?{V}&$top=10&timePrecision=true", """{"query":"SELECT [System.Id],[System.Title] FROM WorkItems ORDER BY [System.Id] DESC"}"""),
            ($"/wiql?{V}", """
                {"query":"SELECT [System.Id] FROM WorkItemLinks WHERE [System.Links.LinkType] = 'System.LinkTypes.Hierarchy-Forward' MODE (MustContain)"}
                """),
            ($"/artifacturiquery?{V}", """{"artifactUris":["https://shop.example/1"]}"""),
            ($"/reporting/workitemrevisions?{V}", """{"fields":["System.Title","System.AssignedTo"],"includeIdentityRef":true}"""),
            ($"/workItems/{child}/comments?{V}-preview.4", """{"text":"Looks good."}"""),
            ($"/classificationnodes/areas?{V}", """{"name":"Website"}"""),
        ])
        {
            (await sandbox.SendAsync("POST", Ado + path, JsonNode.Parse(body))).Dispose();
        }

        (await sandbox.GetAsync($"{Ado}/workItems/{child}/comments?{V}-preview.4")).Dispose();
        (await sandbox.GetAsync($"{Ado}/workItems/{child}/comments/1?{V}-preview.4")).Dispose();
        (await sandbox.SendAsync("PATCH", $"{Ado}/workItems/{child}/comments/1?{V}-preview.4", JsonNode.Parse("""{"text":"Better."}"""))).Dispose();
        foreach (var (method, path) in (IEnumerable<(string, string)>)
        [
            ("GET", "versions"), ("GET", "versions/1"), ("PUT", "reactions/like"), ("GET", "reactions"),
            ("GET", "reactions/like/users"),
            ("DELETE", "reactions/like"),
        ])
        {
            (await sandbox.SendAsync(method, $"{Ado}/workItems/{child}/comments/1/{path}?{V}-preview.1")).Dispose();
        }

        (await sandbox.SendAsync("DELETE", $"{Ado}/workItems/{child}/comments/1?{V}-preview.4")).Dispose();
        using var file = new ByteArrayContent([1, 2, 3]);
        file.Headers.ContentType = new("application/octet-stream");
        using var uploaded = await sandbox.SendAsync("POST", $"{Ado}/attachments?fileName=a.bin&{V}", file);
        var attachment = JsonNode.Parse(await uploaded.Content.ReadAsStringAsync())!["id"];
        (await sandbox.GetAsync($"{Ado}/attachments/{attachment}?fileName=a.bin&{V}")).Dispose();
        (await sandbox.GetAsync($"{Ado}/classificationnodes?ids=1,2&{V}")).Dispose();
        (await sandbox.SendAsync("POST", $"{Ado}/fields?{V}", JsonNode.Parse(
            """{"name":"Jira key","referenceName":"Custom.JiraKey","type":"string"}"""))).Dispose();
        (await sandbox.SendAsync("PATCH", $"{Ado}/tags/two?{V}", JsonNode.Parse("""{"name":"three"}"""))).Dispose();
        (await sandbox.SendAsync("DELETE", $"{Ado}/tags/three?{V}")).Dispose();

        (await sandbox.SendAsync("PATCH", $"{Ado}/classificationnodes/areas/Website?{V}", JsonNode.Parse("""{"name":"Web"}"""))).Dispose();
        (await sandbox.SendAsync("DELETE", $"{Ado}/classificationnodes/areas/Web?{V}")).Dispose();
        var query = await sandbox.CallAsync("POST", $"{Ado}/queries/Shared%20Queries?{V}", JsonNode.Parse(
            """{"name":"All","wiql":"SELECT [System.Id] FROM WorkItems"}"""));
        (await sandbox.GetAsync($"/ado/contoso/Fabrikam/Fabrikam%20Team/_apis/wit/wiql/{query!["id"]}?{V}")).Dispose();
        var processes = await sandbox.CallAsync("GET", $"/ado/contoso/_apis/process/processes?{V}");
        (await sandbox.GetAsync($"/ado/contoso/_apis/process/processes/{processes!["value"]![0]!["id"]}?{V}"))
            .Dispose();
        (await sandbox.SendAsync("POST", $"/ado/contoso/_apis/projects?{V}", JsonNode.Parse($$$"""
            {"name":"New","visibility":"private","capabilities":{"versioncontrol":{"sourceControlType":"Git"},
              "processTemplate":{"templateTypeId":"{{{processes["value"]![0]!["id"]}}}"} } }
            """))).Dispose();
        var project = await sandbox.CallAsync("GET", $"/ado/contoso/_apis/projects/New?{V}");
        (await sandbox.SendAsync(
            "PATCH", $"/ado/contoso/_apis/projects/{project!["id"]}?{V}", JsonNode.Parse("""{"name":"Newer","description":"Changed"}"""))).Dispose();
        (await sandbox.SendAsync("DELETE", $"/ado/contoso/_apis/projects/{project["id"]}?{V}")).Dispose();
        await sandbox.CallAsync("DELETE", url);
        (await sandbox.GetAsync($"{Ado}/recyclebin?{V}")).Dispose();
        (await sandbox.GetAsync($"{Ado}/recyclebin?ids={child}&{V}")).Dispose();
        (await sandbox.GetAsync($"{Ado}/recyclebin/{child}?{V}")).Dispose();
        (await sandbox.SendAsync("PATCH", $"{Ado}/recyclebin/{child}?{V}", JsonNode.Parse("""{"isDeleted":false}"""))).Dispose();
        (await sandbox.SendAsync("POST", $"{Ado}/workitemsdelete?{V}", JsonNode.Parse($$"""{"ids":[{{child}}]}"""))).Dispose();
        (await sandbox.SendAsync("DELETE", $"{Ado}/recyclebin/{child}?{V}")).Dispose();
    }

    /// <summary>Calls every operation that Atlassian's document and the sandbox both have.</summary>
    private static async Task UseJiraAsync(SandboxClient sandbox)
    {
        const string Api = "/jira/rest/api/3";
        var project = (await sandbox.CallAsync("GET", $"{Api}/project/SHOP"))!;
        var type = project["issueTypes"]!.AsArray().First(one => one!["name"]!.ToString() == "Task")!["id"]!.ToString();
        var me = (await sandbox.CallAsync("GET", $"{Api}/myself"))!["accountId"];
        foreach (var (method, path, body) in (IEnumerable<(string, string, string?)>)
        [
            ("POST", "/issue", Issue("First")), ("POST", "/issue", Issue("Second")),
            ("POST", "/issue/bulk", $$"""{"issueUpdates":[{{Issue("Third")}},{{Issue("Fourth")}}]}"""),
            ("GET", "/issue/SHOP-1", null),
            ("GET", "/issue/SHOP-1?fields=*all&expand=names,schema,changelog,renderedFields,transitions", null),
            ("PUT", "/issue/SHOP-1", """{"fields":{"summary":"Renamed","labels":["red"]}}"""),
            ("GET", "/issue/SHOP-1/transitions", null), ("POST", "/issue/SHOP-1/transitions", """{"transition":{"id":"21"}}"""),
            ("GET", "/issue/SHOP-1/editmeta", null), ("PUT", "/issue/SHOP-1/assignee", $$"""{"accountId":"{{me}}"}"""),
            ("GET", "/issue/SHOP-1/changelog", null),
            ("POST", "/issue/SHOP-1/changelog/list", """{"changelogIds":[1]}"""),
            ("POST", "/changelog/bulkfetch", """{"issueIdsOrKeys":["SHOP-1"]}"""),
            ("POST", "/issueLink", """{"type":{"name":"Blocks"},"inwardIssue":{"key":"SHOP-1"},"outwardIssue":{"key":"SHOP-2"}}"""),
            ("GET", "/issue/SHOP-1?fields=issuelinks", null), ("GET", "/issueLinkType", null),
            ("POST", "/issueLinkType", """{"name":"Causes","inward":"is caused by","outward":"causes"}"""),
            ("POST", "/issue/SHOP-1/comment", """{"body":{"type":"doc","version":1,"content":[{"type":"paragraph","content":[{"type":"text","text":"Hello"}]}]}}"""),
            ("GET", "/issue/SHOP-1/comment", null),
            ("PUT", "/issue/SHOP-1/properties/mark", """{"seen":true}"""), ("GET", "/issue/SHOP-1/properties", null),
            ("GET", "/issue/SHOP-1/properties/mark", null), ("DELETE", "/issue/SHOP-1/properties/mark", null),
            ("POST", "/issue/SHOP-1/remotelink", """{"globalId":"g1","object":{"url":"https://shop.example/1","title":"The shop"}}"""),
            ("POST", "/issue/SHOP-1/remotelink", """{"globalId":"g1","object":{"url":"https://shop.example/2","title":"The shop"}}"""),
            ("GET", "/issue/SHOP-1/remotelink", null), ("DELETE", "/issue/SHOP-1/remotelink?globalId=g1", null),
            ("POST", "/issue/bulkfetch", """{"issueIdsOrKeys":["SHOP-1","SHOP-2","SHOP-99"],"fields":["summary","issuelinks"]}"""),
            ("GET", "/search/jql?jql=project%20%3D%20SHOP&fields=*all&maxResults=2&expand=names,schema", null),
            ("POST", "/search/jql", """{"jql":"project = SHOP","fields":["summary","status"],"maxResults":2}"""),
            ("POST", "/search/approximate-count", """{"jql":"project = SHOP"}"""),
            ("GET", "/search?jql=project%20%3D%20SHOP", null), ("POST", "/search", """{"jql":"project = SHOP"}"""),
            ("GET", "/search/jql?jql=", null),
            ("POST", "/jql/parse?validation=strict", """{"queries":["project = SHOP"]}"""),
            ("GET", "/issue/createmeta?projectKeys=SHOP", null),
            ("GET", "/issue/createmeta/SHOP/issuetypes", null),
            ("GET", $"/issue/createmeta/SHOP/issuetypes/{type}", null),
            ("GET", "/issuetype", null), ("GET", $"/issuetype/project?projectId={project["id"]}", null),
            ("GET", "/status", null),
            ("GET", "/statuses/search", null), ("GET", "/field", null), ("GET", "/label", null),
            ("GET", "/configuration", null),
            ("GET", "/mypermissions?permissions=BROWSE_PROJECTS,LINK_ISSUES", null), ("GET", "/myself", null),
            ("GET", "/project", null),
            ("GET", "/project/search", null), ("GET", "/project/SHOP", null), ("GET", "/serverInfo", null),
            ("POST", "/webhook", """
                {"url":"http://127.0.0.1:1/hook","webhooks":[{"events":["jira:issue_updated"],"jqlFilter":"project = SHOP"}]}
                """),
            ("GET", "/webhook", null), ("GET", "/webhook/failed", null), ("PUT", "/webhook/refresh", """{"webhookIds":[1]}"""),
            ("DELETE", "/webhook", """{"webhookIds":[1]}"""),
            ("POST", "/issue/SHOP-1/watchers", $"\"{me}\""), ("GET", "/issue/SHOP-1/watchers", null),
            ("DELETE", $"/issue/SHOP-1/watchers?accountId={me}", null), ("POST", "/issue/SHOP-1/votes", null),
            ("GET", "/issue/SHOP-1/votes", null), ("DELETE", "/issue/SHOP-1/votes", null),
            ("POST", "/issue/SHOP-1/worklog", """{"timeSpent":"2h"}"""), ("GET", "/issue/SHOP-1/worklog", null),
            ("GET", "/issue/SHOP-1/worklog/10001", null),
            ("PUT", "/issue/SHOP-1/worklog/10001", """{"timeSpentSeconds":60}"""),
            ("DELETE", "/issue/SHOP-1/worklog/10001", null),
            ("POST", "/component", """{"name":"Shop","project":"SHOP"}"""), ("GET", "/project/SHOP/components", null),
            ("POST", "/version", $$"""{"name":"1.0","projectId":{{project["id"]}}}"""),
            ("GET", "/project/SHOP/version", null), ("GET", "/project/SHOP/versions", null),
            ("GET", "/priority", null), ("GET", "/resolution", null), ("GET", "/statuscategory", null),
            ("GET", $"/user?accountId={me}", null), ("GET", "/user/search?query=a", null),
            ("GET", "/user/assignable/search?project=SHOP", null), ("GET", "/users/search", null),
            ("POST", "/bulk/issues/move", $$"""
                {"targetToSourcesMapping":{"SHOP,{{type}}":{"issueIdsOrKeys":["SHOP-2"],"inferFieldDefaults":true,
                "inferStatusDefaults":true,"inferSubtaskTypeDefault":true,"inferClassificationDefaults":true} } }
                """),
            ("POST", "/bulk/issues/move", """{"targetToSourcesMapping":{"NONE,1":{"issueIdsOrKeys":["SHOP-2"]}}}"""),
            ("GET", "/attachment/meta", null), ("GET", "/issue/SHOP-99", null), ("POST", "/project", """{"key":"NEW","name":"New","projectTypeKey":"software"}"""),
            ("GET", "/issue/SHOP-1/comment/10001", null),
            ("PUT", "/issue/SHOP-1/comment/10001", """{"body":{"type":"doc","version":1,"content":[{"type":"rule"}]}}"""),
            ("DELETE", "/issue/SHOP-1/comment/10001", null), ("DELETE", "/project/NEW", null),
        ])
        {
            (await sandbox.SendAsync(method, Api + path, body is null ? null : JsonNode.Parse(body))).Dispose();
        }

        var issue = (await sandbox.CallAsync("GET", $"{Api}/issue/SHOP-1?fields=issuelinks,comment"))!;
        var link = issue["fields"]!["issuelinks"]![0]!;
        foreach (var (method, path, body) in (IEnumerable<(string, string, string?)>)
        [
            ("GET", $"/issueLink/{link["id"]}", null), ("DELETE", $"/issueLink/{link["id"]}", null),
            ("GET", $"/issueLinkType/{link["type"]!["id"]}", null),
            ("PUT", $"/issueLinkType/{link["type"]!["id"]}", """{"name":"Blocks","inward":"is blocked by","outward":"blocks"}"""),
            ("DELETE", $"/issueLinkType/{link["type"]!["id"]}", null),
            ("GET", "/issue/SHOP-1/remotelink/10001", null),
            ("PUT", "/issue/SHOP-1/remotelink/10001", """{"object":{"url":"https://shop.example/4","title":"Fourth"}}"""),
            ("DELETE", "/issue/SHOP-1/remotelink/10001", null), ("DELETE", "/issue/SHOP-4", null),
        ])
        {
            (await sandbox.SendAsync(method, Api + path, body is null ? null : JsonNode.Parse(body))).Dispose();
        }

        using var form = new MultipartFormDataContent { { new StringContent("Hello"), "file", "note.txt" } };
        form.Headers.Add("X-Atlassian-Token", "no-check");
        using var uploaded = await sandbox.SendAsync("POST", $"{Api}/issue/SHOP-1/attachments", form);
        var attachment = JsonNode.Parse(await uploaded.Content.ReadAsStringAsync())![0]!["id"];
        var component = (await sandbox.CallAsync("GET", $"{Api}/project/SHOP/components"))![0]!["id"];
        var version = (await sandbox.CallAsync("GET", $"{Api}/project/SHOP/versions"))![0]!["id"];
        foreach (var (method, path, body) in (IEnumerable<(string, string, string?)>)
        [
            ("GET", $"/attachment/{attachment}", null), ("DELETE", $"/attachment/{attachment}", null),
            ("GET", $"/component/{component}", null), ("PUT", $"/component/{component}", """{"name":"Till"}"""),
            ("DELETE", $"/component/{component}", null),
            ("GET", $"/version/{version}", null), ("PUT", $"/version/{version}", """{"released":true}"""),
            ("DELETE", $"/version/{version}", null), ("GET", "/bulk/queue/10001", null),
        ])
        {
            (await sandbox.SendAsync(method, Api + path, body is null ? null : JsonNode.Parse(body))).Dispose();
        }

        await WriteMuchAsync(sandbox, type);

        string Issue(string summary) => $$$$"""
            {"fields":{"project":{"key":"SHOP"},"issuetype":{"id":"{{{{type}}}}"},"summary":"{{{{summary}}}}",
            "description":{"type":"doc","version":1,"content":[{"type":"paragraph","content":[{"type":"text","text":"Text"}]}]}}}
            """;
    }

    /// <summary>Calls what changes many issues at once, or waits on tasks, and what hangs on comments.</summary>
    private static async Task WriteMuchAsync(SandboxClient sandbox, string type)
    {
        const string Api = "/jira/rest/api/3";
        var key = await CreateAsync("Fifth");
        var other = await CreateAsync("Sixth");
        var comment = (await sandbox.CallAsync("POST", $"{Api}/issue/{key}/comment", JsonNode.Parse("""
            {"body":{"type":"doc","version":1,"content":[{"type":"paragraph","content":[{"type":"text","text":"Hello"}]}]},
            "properties":[{"key":"mark","value":{"nonce":"n"}}]}
            """)))!["id"];
        var id = (await sandbox.CallAsync("GET", $"{Api}/issue/{key}?fields=id"))!["id"]!.ToString();
        var me = (await sandbox.CallAsync("GET", $"{Api}/myself"))!["accountId"];
        var priority = (await sandbox.CallAsync("GET", $"{Api}/priority"))![0]!["id"];
        foreach (var (method, path, body) in (IEnumerable<(string, string, string?)>)
        [
            ("PUT", $"/issue/{key}?notifyUsers=false&returnIssue=true", """
                {"fields":{"summary":"Again"},"update":{"labels":[{"add":"blue"}]},"properties":[{"key":"mark","value":{"counter":1}}]}
                """),
            ("GET", $"/issue/{key}/transitions?expand=transitions.fields&includeUnavailableTransitions=true", null),
            ("GET", "/project/SHOP/statuses", null),
            ("GET", $"/bulk/issues/fields?issueIdsOrKeys={key},{other}", null),
            ("POST", "/bulk/issues/fields", $$"""
                {"selectedIssueIdsOrKeys":["{{key}}"],"selectedActions":["priority"],"sendBulkNotification":false,
                "editedFieldsInput":{"priority":{"priorityId":"{{priority}}"} } }
                """),
            ("POST", "/bulk/issues/fields", """{"selectedIssueIdsOrKeys":[],"selectedActions":[],"editedFieldsInput":{}}"""),
            ("GET", $"/bulk/issues/transition?issueIdsOrKeys={key},{other}", null),
            ("POST", "/bulk/issues/transition", $$"""
                {"bulkTransitionInputs":[{"selectedIssueIdsOrKeys":["{{key}}"],"transitionId":"21"}],"sendBulkNotification":false}
                """),
            ("POST", "/bulk/issues/delete", $$"""{"selectedIssueIdsOrKeys":["{{other}}"],"sendBulkNotification":false}"""),
            ("POST", "/issue/properties", $$"""{"entitiesIds":[{{id}}],"properties":{"mark":{"counter":2} } }"""),
            ("PUT", "/issue/properties/mark", $$"""{"value":{"counter":3},"filter":{"entityIds":[{{id}}]} }"""),
            ("DELETE", "/issue/properties/mark", $$"""{"entityIds":[{{id}}]}"""),
            ("POST", "/comment/list?expand=properties", $$"""{"ids":[{{comment}}]}"""),
            ("GET", $"/comment/{comment}/properties", null), ("GET", $"/comment/{comment}/properties/mark", null),
            ("PUT", $"/comment/{comment}/properties/mark", """{"nonce":"m"}"""),
            ("PUT", $"/comment/{comment}/properties/new", """{"nonce":"m"}"""),
            ("DELETE", $"/comment/{comment}/properties/mark", null),
            ("GET", $"/user/bulk?accountId={me}", null), ("GET", "/user/search?query=sandbox", null),
            ("GET", "/user/assignable/search?project=SHOP&query=sandbox", null),
            ("GET", "/user/assignable/multiProjectSearch?projectKeys=SHOP&query=sandbox", null),
        ])
        {
            (await sandbox.SendAsync(method, Api + path, body is null ? null : JsonNode.Parse(body))).Dispose();
        }

        // This client follows the redirect to the task, but leaves its credentials behind.
        using var sent = await sandbox.SendAsync("POST", $"{Api}/issue/properties/multi", JsonNode.Parse(
            $$"""{"issues":[{"issueID":{{id}},"properties":{"mark":{"counter":4} } }]}"""));
        var task = await sandbox.CallAsync("GET", sent.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Contains(task!["status"]!.ToString(), (string[])["RUNNING", "COMPLETE"]);
        (await sandbox.SendAsync("POST", $"{Api}/task/{task["id"]}/cancel")).Dispose();

        async Task<string> CreateAsync(string summary) => (await sandbox.CallAsync("POST", $"{Api}/issue", JsonNode.Parse($$"""
            {"fields":{"project":{"key":"SHOP"},"issuetype":{"id":"{{type}}"},"summary":"{{summary}}"},
            "transition":{"id":"21"},"properties":[{"key":"nonce","value":1}]}
            """)))!["key"]!.ToString();
    }
}
