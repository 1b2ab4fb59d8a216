using System.Collections;
using System.Management.Automation;
using JiraAdoSync.Mapping;

namespace JiraAdoSync.Commands;

/// <summary>A mapping that comes with the module.</summary>
public enum LinkTypePreset
{
    /// <summary>For Jira's standard wordings, with the directions right.</summary>
    Default,

    /// <summary>The published recipe's own table, to the letter.</summary>
    Recipe,
}

/// <summary>Gives a mapping of link types as a hashtable, to be changed and passed on.</summary>
[Cmdlet(VerbsCommon.Get, "LinkTypeMapping")]
[OutputType(typeof(Hashtable))]
public sealed class GetLinkTypeMappingCommand : JiraAdoCommand
{
    /// <summary>Which mapping.</summary>
    [Parameter(Position = 0)]
    public LinkTypePreset Preset { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var mapping = new Hashtable(StringComparer.OrdinalIgnoreCase);
        foreach (var (phrase, relation) in Preset == LinkTypePreset.Recipe ? LinkTypePresets.Recipe : LinkTypePresets.Default)
        {
            mapping.Add(phrase, relation);
        }

        WriteObject(mapping);
    }
}
