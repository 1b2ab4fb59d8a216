using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace JiraAdoSync.Input;

/// <summary>Where secrets are found that nobody gave: a vault, the environment, a person.</summary>
/// <param name="commands">The session's commands.</param>
/// <param name="host">Asks a person.</param>
internal sealed class Secrets(CommandInvocationIntrinsics commands, PSHost host)
{
    /// <summary>A variable of the environment; null where it is not set or empty.</summary>
    public static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    /// <summary>The password of a credential; a secret of its own is that.</summary>
    public static SecureString Password(object secret) =>
        secret is PSCredential credential ? credential.Password : (SecureString)secret;

    /// <summary>Finds a secret.</summary>
    /// <param name="name">Its name in a vault.</param>
    /// <param name="variable">The variable that may hold it.</param>
    /// <param name="question">What a person is asked.</param>
    /// <returns>A <see cref="SecureString"/>, or a <see cref="PSCredential"/> from a vault.</returns>
    /// <exception cref="SyncException"><c>SecretMissing</c>: it is nowhere, and there is nobody to ask.</exception>
    public object Find(string name, string variable, string question)
    {
        if (FromVault(name) is { } secret)
        {
            return secret;
        }

        if (Variable(variable) is { } value)
        {
            return Credentials.Protect(value);
        }

        try
        {
            host.UI.Write($"{question}: ");
            return host.UI.ReadLineAsSecureString();
        }
        catch (Exception nobody) when (nobody is HostException or NotImplementedException or PSInvalidOperationException
            or NullReferenceException or InvalidOperationException)
        {
            throw new SyncException(
                "SecretMissing",
                $"{question} is wanted: there is no secret '{name}' in a vault that Get-Secret knows, no environment variable "
                + $"{variable}, and nobody to ask. Provide one of them, or pass it as a parameter.",
                name);
        }
    }

    private object? FromVault(string name)
    {
        if (commands.GetCommand("Get-Secret", CommandTypes.Cmdlet | CommandTypes.Function | CommandTypes.Alias) is null)
        {
            return null;
        }

        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddCommand("Get-Secret").AddParameter("Name", name).AddParameter("ErrorAction", ActionPreference.Ignore);
        return shell.Invoke().Select(one => one?.BaseObject).FirstOrDefault(one => one is SecureString or PSCredential);
    }
}
