using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;

namespace JiraAdoSync.Files;

/// <summary>
/// Files and folders that their owner alone may read, from the moment at which they are made: what a run writes holds
/// texts of issues that not everybody on the machine may see. The system is asked for that when it makes them; changing
/// it afterwards would leave a moment in between.
/// </summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    /// <summary>Makes a file that is not there yet, open for writing; others may not read it.</summary>
    /// <exception cref="IOException">There is one, or it can't be made.</exception>
    public static FileStream Create(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return CreateOnWindows(path);
        }

        return new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read, UnixCreateMode = OwnerFile,
        });
    }

    /// <summary>Makes a folder, and those above it, where they are not there; what is there stays as it is.</summary>
    public static void CreateFolder(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        // The system gives the mode to the last folder only.
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } parent)
        {
            CreateFolder(parent);
        }

        if (OperatingSystem.IsWindows())
        {
            CreateFolderOnWindows(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerFolder);
        }
    }

    /// <summary>Makes a folder of ours, and closes it to others where an earlier version left it open.</summary>
    public static void CloseFolder(string path)
    {
        CreateFolder(path);
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(path) != OwnerFolder)
        {
            File.SetUnixFileMode(path, OwnerFolder);
        }
    }

    [SupportedOSPlatform("windows")]
    private static FileStream CreateOnWindows(string path)
    {
        var security = new FileSecurity();
        // What the folder lets others do is not inherited.
        security.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        security.AddAccessRule(
            new FileSystemAccessRule(Owner(), FileSystemRights.FullControl, AccessControlType.Allow));
        return new FileInfo(path).Create(
            FileMode.CreateNew, FileSystemRights.Write | FileSystemRights.Synchronize, FileShare.Read, bufferSize: 4096,
            FileOptions.None, security);
    }

    [SupportedOSPlatform("windows")]
    private static void CreateFolderOnWindows(string path)
    {
        var security = new DirectorySecurity();
        security.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        security.AddAccessRule(new FileSystemAccessRule(
            Owner(), FileSystemRights.FullControl, InheritanceFlags.ContainerInherit | InheritanceFlags.ObjectInherit,
            PropagationFlags.None, AccessControlType.Allow));
        security.CreateDirectory(path);
    }

    [SupportedOSPlatform("windows")]
    private static SecurityIdentifier Owner()
    {
        using var identity = WindowsIdentity.GetCurrent();
        return identity.User ?? throw new UnauthorizedAccessException("The account has no identifier.");
    }
}
