namespace JiraAdoSync.Drafting;

/// <summary>
/// Drafts a profile from a sentence, by the names that both sites have and a few words around them. It is a reader, not
/// a mind: the same sentence over the same names gives the same draft, and every word that it makes nothing of is
/// listed.
/// <code>
/// stories and bugs from SHOP        project = SHOP AND issuetype in (Story, Bug)
/// blocks as predecessor             LinkTypeMapping 'Blocks' = Predecessor, read from the issue that blocks
/// is blocked by -> Predecessor      LinkTypeMapping 'Blocks' = Successor: the same, said from the other end
/// improvements become user stories  TypeMapping 'Improvement' = User Story
/// done items closed                 StateMapping of each status of the category Done = Closed
/// tags from components              FieldMapping 'Tags' = Components
/// critical is priority 1            PriorityMapping 'Critical' = 1
/// without epics; no clones          issuetype != Epic; LinkTypeMapping 'Cloners' = $null
/// other links as related            each link type that nothing else is said of
/// with comments and attachments     IncludeComments, IncludeAttachments
/// </code>
/// A clause ends at a comma, a semicolon or a full stop, and at an "and" that is followed by a statement of its own.
/// What would widen what a sync may do, such as pruning, writing past rules or writing to Jira, is never drafted: it is
/// listed with what to do.
/// </summary>
public sealed class SentenceReader
{
    private readonly SiteNames _names;
    private readonly Lexicon _lexicon;

    /// <summary>Makes a reader.</summary>
    /// <param name="names">The names that both sites have.</param>
    public SentenceReader(SiteNames names)
    {
        ArgumentNullException.ThrowIfNull(names);
        (_names, _lexicon) = (names, new Lexicon(names));
    }

    /// <summary>Drafts what a sentence says.</summary>
    /// <param name="sentence">The sentence, in English.</param>
    public Draft Read(string sentence)
    {
        ArgumentNullException.ThrowIfNull(sentence);
        var draft = new DraftInProgress(_names);
        var (mappings, selection, gaps) =
            (new MappingReader(_names, draft), new SelectionReader(_names, draft), new GapReader(_names, draft));
        foreach (var clause in new SentenceWords(_lexicon).Clauses(sentence)
            .SelectMany(words => new Clause(sentence, words).SplitAtAnd())
            .Select(clause => clause.WithoutAnd()))
        {
            if (!gaps.TakeWithheld(clause))
            {
                var isScripted = GapReader.TakeRemark(clause);
                var hasMapping = mappings.Take(clause, isScripted);
                hasMapping |= selection.TakeDrops(clause) || selection.TakeOnlyLinks(clause)
                    || mappings.TakePaths(clause);
                selection.Take(clause, hasMapping);
                gaps.Note(clause);
            }
        }

        return draft.ToDraft();
    }
}
