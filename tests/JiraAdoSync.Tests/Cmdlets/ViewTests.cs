using System.Management.Automation;
using System.Xml.Linq;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>
/// The views of whatever cmdlets emit, in every language mode, and after a journey by Export-Clixml, in a job or over
/// a remote session. Types are those that the cmdlets say they emit.
/// </summary>
public sealed class ViewTests
{
    private static readonly string[] Formatters = ["Format-Table", "Format-List", "Format-Wide"];

    [Theory]
    [InlineData(PSLanguageMode.ConstrainedLanguage)]
    [InlineData(PSLanguageMode.RestrictedLanguage)]
    [InlineData(PSLanguageMode.NoLanguage)]
    public void Everything_is_shown_in_every_language_mode_as_in_the_full_one(PSLanguageMode language)
    {
        using var session = new PowerShellSession();
        var emitted = JobTests.Emitted(session).ToList();
        Assert.NotEmpty(emitted);
        foreach (var (type, formatter) in emitted.SelectMany(type => Formatters.Select(formatter => (type, formatter))))
        {
            var one = JobTests.Filled(type)!;
            session.Language = PSLanguageMode.FullLanguage;
            var full = session.Show(one, formatter);
            session.Language = language;
            var shown = session.Show(one, formatter);
            Assert.Equal(full, shown);
            Assert.True(
                shown.Contains("## vso[a.b]", StringComparison.Ordinal), $"{formatter} of {type.Name}: {shown}");
        }
    }

    [Fact]
    public void A_session_that_begins_in_Constrained_Language_Mode_shows_everything()
    {
        using var full = new PowerShellSession();
        using var constrained = new PowerShellSession(language: PSLanguageMode.ConstrainedLanguage);
        foreach (var type in JobTests.Emitted(full))
        {
            Assert.Equal(
                full.Show(JobTests.Filled(type)!, "Format-Table"),
                constrained.Show(JobTests.Filled(type)!, "Format-Table"));
        }
    }

    [Fact]
    public void Views_name_properties_and_run_no_scripts()
    {
        var scripts = new[] { "format", "types" }
            .SelectMany(kind => XDocument
                .Load(Path.Combine(Repository.Root, "module", $"JiraAdoSync.{kind}.ps1xml")).Descendants())
            .Where(element => element.Name.LocalName.EndsWith("ScriptBlock", StringComparison.Ordinal)
                || element.Name.LocalName.EndsWith("ScriptProperty", StringComparison.Ordinal));
        Assert.Empty(scripts);
    }

    [Fact]
    public void What_a_view_shows_is_in_no_other_output()
    {
        using var session = new PowerShellSession();
        foreach (var type in JobTests.Emitted(session))
        {
            session.Set("one", JobTests.Filled(type));
            var written = session.Run("""
                $WarningPreference = 'SilentlyContinue'
                $one | Select-Object * | ConvertTo-Json -Depth 3
                $one | ConvertTo-Json -Depth 3
                $one | ConvertTo-Csv
                ($one | Get-Member).Name
                """).Succeeded();
            Assert.DoesNotMatch(@"""?\b(Shown\w+|Portable|Line)\b", string.Join('\n', written.Output));
        }
    }

    /// <summary>As deep as a job keeps objects: their own properties, and text below.</summary>
    [Fact]
    public void Everything_but_plans_drafts_and_connections_is_itself_again_after_a_journey()
    {
        using var folder = new TemporaryFolder();
        using var session = new PowerShellSession();
        session.Set("path", Path.Combine(folder.Path, "one.xml"));
        foreach (var type in JobTests.Emitted(session))
        {
            var one = JobTests.Filled(type)!;
            session.Set("one", one);
            var arrived = session.Run("$one | Export-Clixml $path -Depth 1; Import-Clixml $path").Succeeded().Output
                .Single();
            Assert.All(Formatters, formatter =>
                Assert.Contains("## vso[a.b]", session.Show(arrived, formatter), StringComparison.Ordinal));
            Assert.Equal(session.Show(one, "Format-Table"), session.Show(arrived, "Format-Table"));
            if (type.Name is "WorkItemChange" or "RelationChange" or "JiraConnection" or "AdoConnection"
                or "ProfileDraft")
            {
                Assert.StartsWith("Deserialized.", arrived.TypeNames[0], StringComparison.Ordinal);
                continue;
            }

            Assert.Same(type, arrived.BaseObject.GetType());
            session.Set("arrived", arrived);
            var texts = session.Run("$one, $arrived | ForEach-Object { ConvertTo-Json $_ -Depth 9 }").Succeeded()
                .Output;
            // What an error says is made printable when it is made, which these were not.
            Assert.Equal(Printed(texts[0]), Printed(texts[1]));
        }
    }

    [Fact]
    public void Values_keep_their_types_on_a_journey()
    {
        using var folder = new TemporaryFolder();
        using var session = new PowerShellSession();
        session.Set("path", Path.Combine(folder.Path, "one.xml"));
        var replica = JobTests.Emitted(session).Single(type => type.Name == "Replica");
        session.Set("one", JobTests.Filled(replica));
        var values = session.Run("""
            $one.Fields.Clear()
            $one.Fields['Whole'] = 7L
            $one.Fields['point'] = 3.0
            $one.Fields['broken'] = 0.1
            $one.Fields['yes'] = $true
            $one.Fields['none'] = $null
            $one.Fields['list'] = @('a', 2L, @('b'))
            $one.Fields['thing'] = [Collections.Generic.Dictionary[string, object]]::new()
            $one.Fields['thing']['displayName'] = 'Zoë'
            $one.Fields['date'] = [datetimeoffset] '2026-03-01T10:00:00+02:00'
            $one | Export-Clixml $path -Depth 1
            $f = (Import-Clixml $path).Fields
            $f.Count, $f['Whole'].GetType().Name, $f['point'].GetType().Name, $f['broken'], $f['yes']
            $f.ContainsKey('none'), $f['list'][2][0], $f['thing'].displayName, $f['date'].Offset.Hours
            """).Succeeded().Output;
        Assert.Equal(
            ["8", "Int64", "Double", "0.1", "True", "True", "b", "Zoë", "2"],
            values.Select(value => FormattableString.Invariant($"{value}")));
    }

    private static string Printed(PSObject text) => $"{text}".Replace("##vso", "## vso", StringComparison.Ordinal);
}
