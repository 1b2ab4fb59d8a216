using System.Text;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.AzureDevOps;

/// <summary>
/// Requests that nobody meant: each gets an answer of the service's own kind, and the service stays up.
/// </summary>
public sealed class MalformedTests
{
    private const string Pieces = "{}[]\":,$/\\%&?=#'()<>@. \0\n-+019azé€😀";

    private static readonly (string Method, string Path, string Body, string Type)[] Valid =
    [
        ("GET", "_apis/wit/workitems/1?$expand=all&api-version=7.1", "", "application/json"),
        ("GET", "Fabrikam/_apis/wit/workitems?ids=1,2&errorPolicy=omit&asOf=2026-01-01T00:00:00Z&api-version=7.1", "",
            "application/json"),
        ("POST", "_apis/wit/workitemsbatch?api-version=7.1", """{"ids":[1,2],"$expand":"relations","errorPolicy":"omit"}""", "application/json"),
        ("POST", "Fabrikam/_apis/wit/workitems/$Task?api-version=7.1",
            """[{"op":"add","path":"/fields/System.Title","value":"x"},{"op":"add","path":"/fields/System.AssignedTo","value":{"uniqueName":"ana@contoso.example"}}]""",
            Op.MediaType),
        ("PATCH", "_apis/wit/workitems/1?api-version=7.1",
            """[{"op":"test","path":"/rev","value":1},{"op":"add","path":"/relations/-","value":{"rel":"Hyperlink","url":"https://example.com/","attributes":{"comment":"c","isLocked":false}}},{"op":"remove","path":"/relations/0"},{"op":"replace","path":"/relations/0/attributes/comment","value":"d"}]""",
            Op.MediaType),
        ("POST", "_apis/wit/$batch?api-version=7.1",
            """[{"method":"PATCH","uri":"/Fabrikam/_apis/wit/workitems/$Task?api-version=7.1","headers":{"Content-Type":"application/json-patch+json"},"body":[{"op":"add","path":"/id","value":"-1"},{"op":"add","path":"/fields/System.Title","value":"x"}]}]""",
            "application/json"),
        ("POST", "Fabrikam/_apis/wit/wiql?$top=5&timePrecision=true&api-version=7.1",
            """{"query":"SELECT [System.Id], [Title] FROM WorkItems WHERE ([System.Title] CONTAINS 'x' OR NOT [System.Id] IN (1, 2)) AND [System.CreatedDate] > @StartOfDay('-1d') AND [System.AreaPath] UNDER @project ORDER BY [System.Id] DESC ASOF '2026-01-01'"}""",
            "application/json"),
        ("POST", "Fabrikam/_apis/wit/wiql?api-version=7.1",
            """{"query":"SELECT [System.Id] FROM WorkItemLinks WHERE [Source].[System.Id] = 1 AND [System.Links.LinkType] = 'System.LinkTypes.Hierarchy-Forward' AND Target.[System.Id] > @today - 1 MODE (Recursive, ReturnMatchingChildren)"}""",
            "application/json"),
        ("POST", "Fabrikam/_apis/wit/artifacturiquery?api-version=7.1", """{"artifactUris":["https://example.com/"]}""", "application/json"),
        ("GET", "_apis/wit/workitems/1/updates?$top=5&$skip=1&api-version=7.1", "", "application/json"),
        ("GET", "_apis/wit/workitems/1/revisions/1?$expand=relations&api-version=7.1", "", "application/json"),
        ("POST", "Fabrikam/_apis/wit/workItems/1/comments?api-version=7.1-preview.4", """{"text":"x"}""", "application/json"),
        ("GET", "Fabrikam/_apis/wit/workItems/1/comments?$top=1&continuationToken=1&order=asc&api-version=7.1-preview.4", "", "application/json"),
        ("POST", "_apis/wit/attachments?fileName=a.txt&uploadType=simple&api-version=7.1", "hello",
            "application/octet-stream"),
        ("GET", "_apis/wit/reporting/workitemlinks?linkTypes=System.LinkTypes.Related&continuationToken=1&api-version=7.1", "", "application/json"),
        ("GET", "_apis/wit/reporting/workitemrevisions?fields=System.Id&$maxPageSize=3&continuationToken=1;1;1&api-version=7.1", "", "application/json"),
        ("POST", "_apis/wit/reporting/workitemrevisions?api-version=7.1", """{"fields":["System.Tags"],"types":["Task"],"includeTagRef":true}""", "application/json"),
        ("PATCH", "_apis/wit/recyclebin/3?api-version=7.1", """{"isDeleted":false}""", "application/json"),
        ("POST", "Fabrikam/_apis/wit/workitemsdelete?api-version=7.1", """{"ids":[7,8],"destroy":true}""", "application/json"),
        ("POST", "Fabrikam/_apis/wit/classificationnodes/areas/Web?api-version=7.1", """{"name":"Shop"}""", "application/json"),
        ("POST", "_apis/wit/fields?api-version=7.1", """{"name":"N","referenceName":"Custom.N","type":"string"}""", "application/json"),
        ("OPTIONS", "_apis/wit", "", "application/json"),
    ];

    [Fact]
    public async Task Four_thousand_mutated_requests_get_answers_of_the_services_own_kind()
    {
        await using var ado = await Ado.StartAsync();
        foreach (var _ in Enumerable.Range(0, 4))
        {
            await ado.CreateAsync("Task", Op.Hyperlink("https://example.com/"));
        }

        await ado.SendAsync("DELETE", "_apis/wit/workitems/3");
        var random = new Random(20260520);
        foreach (var number in Enumerable.Range(0, 4000))
        {
            var (method, path, body, type) = Valid[number % Valid.Length];
            switch (random.Next(8))
            {
                case 0:
                    method = ((string[])["GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"])[random.Next(6)];
                    break;
                case 1:
                    type = ((string[])["", "text/plain", "application/json", Op.MediaType, "nonsense"])[random.Next(5)];
                    break;
                case 2 or 3:
                    path = Mutate(path, random);
                    break;
                default:
                    body = Mutate(body, random);
                    break;
            }

            // An address that is none never leaves the client; a slash too many at the front is another host.
            path = string.Concat(path.Select(letter => "%#?\\".Contains(letter) || letter < 33 || letter > 126
                ? letter == '?' ? "?" : Uri.EscapeDataString(letter.ToString()) : letter.ToString()));
            var reply = await ado.SendTextAsync(method, path, body.Length > 0 ? body : null, type);
            var exchange = $"{number}: {method} {path} {type} {body}\n{reply.Status} {reply.Text}";
            Assert.True(reply.Status is >= 200 and < 300 or >= 400 and < 500 or 501, exchange);
            Assert.DoesNotContain("   at ", reply.Text, StringComparison.Ordinal);
            if (reply.Status >= 400
                && reply.ContentType?.StartsWith("application/json", StringComparison.Ordinal) == true)
            {
                Assert.True(reply.Message is { Length: > 0 }, exchange);
            }
        }

        await ado.CreateAsync();
    }

    private static string Mutate(string text, Random random)
    {
        var changed = new StringBuilder(text);
        foreach (var _ in Enumerable.Range(0, random.Next(1, 4)))
        {
            var at = random.Next(changed.Length + 1);
            switch (random.Next(5))
            {
                case 0 when at < changed.Length:
                    changed.Remove(at, Math.Min(random.Next(1, 12), changed.Length - at));
                    break;
                case 1:
                    changed.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                case 2 when at < changed.Length:
                    changed[at] = Pieces[random.Next(Pieces.Length)];
                    break;
                case 3 when at < changed.Length:
                    changed.Insert(at, changed.ToString(at, Math.Min(random.Next(1, 12), changed.Length - at)));
                    break;
                default:
                    changed.Insert(at, ((string[])["null", "-1", "99999999999999999999", "1e400", "true", "{}", "[]",
                        "'", "@x"])[random.Next(9)]);
                    break;
            }
        }

        return changed.ToString();
    }
}
