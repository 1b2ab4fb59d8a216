using Xunit;

namespace JiraAdoSync.Tests.Sandbox.AzureDevOps;

/// <summary>What <c>azure-devops-node-api</c> gets from the sandbox, area by area.</summary>
public sealed class NodeClientTests(NodeClient client) : IClassFixture<NodeClient>
{
    [Fact]
    public void It_connects_finds_its_routes_and_reads_projects()
    {
        Says("user", "\"Sandbox Account\"");
        Says("projects", """["Fabrikam","Tailspin"]""");
        Says("project", "\"Agile\"");
        Says("stranger", """{"status":401,"message":"Failed request: (401)"}""");
    }

    [Fact]
    public void It_reads_types_states_and_fields()
    {
        Says("relationTypes", "21");
        Says("relationType", "\"tree\"");
        Says("types", """["Bug","Epic","Feature"]""");
        Says("type", "\"Microsoft.VSTS.WorkItemTypes.UserStory\"");
        Says("states", """["New Proposed","Active InProgress","Closed Completed","Removed Removed"]""");
        Says("values", """["1 - Critical","2 - High","3 - Medium","4 - Low"]""");
        Says("categories", "true");
        Says("field", "0");
        Says("fields", "true");
        Says("customField", "\"Custom.JiraId\"");
    }

    [Fact]
    public void It_makes_and_reads_areas()
    {
        Says("area", """
            "\\Fabrikam\\Area\\Web"
            """.Trim());
        Says("areas", """["Web"]""");
        Says("roots", """["Fabrikam","Fabrikam"]""");
    }

    [Fact]
    public void It_creates_changes_and_reads_work_items()
    {
        Says("created", """[[1,1,"New",0],[2,1,"New",1],[3,1,"New",1]]""");
        Says("moved", """[2,"Active",2]""");
        Says("validated", "\"Task\"");
        Says("bypassed", "\"Strange\"");
        Says("relations", """["Child","Parent"]""");
        Says("named", """{"System.Title":"Story"}""");
        Says("missing", "null");
        Says("many", "[1,null,3]");
        Says("batch", "[3,1]");
    }

    [Fact]
    public void It_gets_refusals_with_their_status_text_and_type()
    {
        Says("stale", """
            {"status":412,"message":"VS403351: Test Operation for path /rev failed, value 2 was not equal to test value 7.","typeKey":"TestPatchOperationFailedException"}
            """.Trim());
        Says("rule", """
            {"status":400,"message":"The field 'State' contains the value 'No such' that is not in the list of supported values","typeKey":"RuleValidationException"}
            """.Trim());
        Says("circle", """
            {"status":500,"message":"TF201035: Adding a Parent link between work items 1 and 3 would result in a circular relationship.","typeKey":"WorkItemLinkCircularException"}
            """.Trim());
    }

    [Fact]
    public void It_queries_items_links_and_artifacts()
    {
        Says("flat", "[3,2,1]");
        Says("top", "[1]");
        Says("tree", "[true,[[null,1],[1,2],[2,3]]]");
        Says("asOf", "true");
        Says("badQuery", """
            {"status":400,"message":"TF51006: The query statement is not valid at position 24. The error is caused by «Nowhere».","typeKey":"SyntaxException"}
            """.Trim());
        Says("found", "[3]");
    }

    [Fact]
    public void It_reads_history()
    {
        Says("updates", "[[1,1],[2,2]]");
        Says("update", "\"Active\"");
        Says("revisions", "[1,2]");
        Says("revision", "\"New\"");
    }

    [Fact]
    public void It_writes_comments_and_attachments()
    {
        Says("comments", """[["first, better",2],["second",1]]""");
        Says("comment", "\"first, better\"");
        Says("commentsLeft", "1");
        Says("attached", """["note.txt",10,true]""");
        Says("content", "\"content ü\"");
    }

    [Fact]
    public void It_reads_reports_and_tags()
    {
        Says("links", """[["System.LinkTypes.Hierarchy",1,2,true],["System.LinkTypes.Hierarchy",2,3,true]]""");
        Says("noMoreLinks", "0");
        Says("reported", """[[1,{"System.Title":"Epic"}]]""");
        Says("reportedByPost", "[2,1,3]");
        Says("tags", """["one"]""");
    }

    [Fact]
    public void It_deletes_restores_and_destroys()
    {
        Says("deleted", "2");
        Says("bin", "[2]");
        Says("inBin", "\"Story\"");
        Says("restored", "2");
        Says("deleted", "[null,0]");
    }

    [Fact]
    public void It_stores_runs_and_removes_queries()
    {
        Says("query", "true");
        Says("queries", """[["My Queries",[]],["Shared Queries",["Tasks"]]]""");
        Says("queriesFound", """["Tasks"]""");
        Says("ran", "[3]");
        Says("renamed", "\"Shared Queries/All tasks\"");
        Says("queryBatch", """["All tasks"]""");
        Says("queryDeleted", "null");
    }

    [Fact]
    public void It_asks_for_check_ins_artifacts_and_discussions()
    {
        Says("checkin", "[3]");
        Says("artifactLinks", "true");
        Says("discussions", "[3,3]");
    }

    [Fact]
    public void It_reads_versions_of_comments_and_reacts_to_them()
    {
        Says("versions", """[[1,"one"],[2,"two"]]""");
        Says("version", "\"one\"");
        Says("reaction", "1");
        Says("reactions", """[["Heart",1]]""");
        Says("engaged", "1");
        Says("unreacted", "0");
        Says("commentsBatch", """["two"]""");
    }

    [Fact]
    public void It_reads_blank_items_and_changes_tags_areas_and_iterations()
    {
        Says("blank", """[null,"New","3 - Medium"]""");
        Says("tag", "\"one\"");
        Says("tagRenamed", "\"uno\"");
        Says("tagsLeft", "0");
        Says("typeFields", "true");
        Says("category", "\"Task\"");
        Says("dates", "\"2026-03-02T00:00:00Z\"");
        Says("areaRenamed", """
            "\\Fabrikam\\Area\\Website"
            """.Trim());
        Says("nodes", """["Website"]""");
        Says("areasLeft", "0");
    }

    [Fact]
    public void It_reads_processes_and_makes_changes_and_removes_projects()
    {
        Says("processes", """["Agile","Scrum","CMMI","Basic"]""");
        Says("process", "\"Agile\"");
        Says("queued", "36");
        Says("projectChanged", """["Changed","Driven on"]""");
        Says("projectsLeft", """["Fabrikam","Tailspin"]""");
    }

    private void Says(string name, string expected) => Assert.Equal(expected, client.Said(name));
}
