namespace JiraAdoSync.Mapping;

/// <summary>Keys of mappings that are no name.</summary>
internal static class MappingKeys
{
    /// <summary>The entry for what no other entry is for, in mappings of issue types and of link types.</summary>
    public const string Rest = "*";
}
