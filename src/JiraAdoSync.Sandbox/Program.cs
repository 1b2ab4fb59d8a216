using System.CommandLine;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Sandbox.Demo;

var root = new RootCommand("""
    Jira and Azure DevOps work item tracking on loopback, for trying and for tests.
      demo shows what the module does; serve --seed FILE tries it on your own issues, and serve --help explains how to make such a file.
    """)
{
    DemoCommand.Create(),
    ServeCommand.Create(),
};

// serve has its own way with signals: it ends with 0, not as if it had been killed.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
