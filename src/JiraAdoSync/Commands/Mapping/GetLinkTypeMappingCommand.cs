using System.Collections.Specialized;
using System.Management.Automation;
using JiraAdoSync.Mapping.Links;

namespace JiraAdoSync.Commands;

/// <summary>A mapping that ships with the module.</summary>
public enum LinkTypePreset
{
    /// <summary>For Jira's standard wordings, with the directions right.</summary>
    Default,

    /// <summary>The published recipe's own table, to the letter.</summary>
    Recipe,
}

/// <summary>Gives a mapping of link types as a hashtable, to be changed and passed on.</summary>
/// <remarks>
/// The default mapping holds where link types have Jira's standard wordings. The recipe's is the table of the
/// published recipe: it turns the order of blocks round, and is here for those whose data such scripts wrote.
/// </remarks>
/// <example>
/// <para>Adds an entry of one's own to the default.</para>
/// <code>
/// $map = Get-LinkTypeMapping
/// $map['tests'] = 'Tests'
/// $map
/// </code>
/// </example>
/// <example>
/// <para>Shows the recipe's table.</para>
/// <code>
/// Get-LinkTypeMapping -Preset Recipe
/// </code>
/// </example>
[Cmdlet(VerbsCommon.Get, "LinkTypeMapping")]
[OutputType(typeof(OrderedDictionary))]
public sealed class GetLinkTypeMappingCommand : JiraAdoCommand
{
    /// <summary>Which mapping.</summary>
    [Parameter(Position = 0)]
    public LinkTypePreset Preset { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var mapping = new OrderedDictionary(StringComparer.OrdinalIgnoreCase);
        foreach (var (phrase, relation) in Preset == LinkTypePreset.Recipe
            ? LinkTypePresets.Recipe
            : LinkTypePresets.Default)
        {
            mapping.Add(phrase, relation);
        }

        WriteObject(mapping);
    }
}
