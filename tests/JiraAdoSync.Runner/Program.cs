using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Net;
using System.Text.Json.Nodes;

// Imports the module that the first argument names, says "ready", and waits for one line of JSON with the addresses,
// the credentials and a script. Each object that the script writes is a line on standard output, each error a line on
// standard error. Ends with 0, with 2 where the script wrote errors, with 1 where an error ended it.
var state = InitialSessionState.CreateDefault2();
state.ImportPSModule([args[0]]);
using var runspace = RunspaceFactory.CreateRunspace(state);
runspace.Open();
Console.WriteLine("ready");
if (Console.ReadLine() is not { } line || JsonNode.Parse(line) is not { } work)
{
    return 1;
}

using var shell = PowerShell.Create(runspace);
var variables = runspace.SessionStateProxy;
variables.SetVariable("jiraUri", new Uri(work["jiraUri"]!.ToString()));
variables.SetVariable("jiraCredential", new PSCredential(work["jiraUser"]!.ToString(), Secret(work["jiraToken"]!)));
variables.SetVariable("organizationUri", new Uri(work["organizationUri"]!.ToString()));
variables.SetVariable("project", work["project"]!.ToString());
variables.SetVariable("adoToken", Secret(work["adoToken"]!));
shell.AddScript(
    """
    $null = Connect-JiraSite -Uri $jiraUri -Credential $jiraCredential
    $null = Connect-AdoProject -OrganizationUri $organizationUri -Project $project -Token $adoToken
    """ + Environment.NewLine + work["script"]);
try
{
    foreach (var one in shell.Invoke())
    {
        Console.WriteLine(one);
    }

    foreach (var error in shell.Streams.Error)
    {
        Console.Error.WriteLine($"{error.FullyQualifiedErrorId}: {error}");
    }

    return shell.HadErrors ? 2 : 0;
}
catch (RuntimeException failure)
{
    Console.Error.WriteLine($"{failure.ErrorRecord.FullyQualifiedErrorId}: {failure.Message}");
    return 1;
}

static System.Security.SecureString Secret(JsonNode text) =>
    new NetworkCredential(string.Empty, text.ToString()).SecurePassword;
