namespace JiraAdoSync.Mapping.Links;

/// <summary>What to do with links whose type the mapping does not have.</summary>
public enum UnmappedLinks
{
    /// <summary>Refuse the whole run, before anything is written.</summary>
    Error,

    /// <summary>Skip them, with one warning a type.</summary>
    Warn,

    /// <summary>Skip them.</summary>
    Skip,

    /// <summary>Make them Related.</summary>
    Related,
}
