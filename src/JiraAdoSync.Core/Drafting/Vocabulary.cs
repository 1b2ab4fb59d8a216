namespace JiraAdoSync.Drafting;

/// <summary>The words around names that a reader of sentences knows.</summary>
internal static class Vocabulary
{
    public static readonly HashSet<string> Ands = ["and", "but", "while", "whereas", "then", "plus", "&"];

    public static readonly HashSet<string> Operators =
    [
        "as", "to", "into", "in", "for", "->", "=>", "→", "=", "is", "are", "be", "become", "becomes", "go",
        "goes", "get", "gets", "map", "maps", "mapped", "turn", "turns", "means", "end", "land",
    ];

    public static readonly HashSet<string> FromOperators =
    [
        "from", "by", "using", "after", "of", "is", "are", "=", "<-", "get", "gets",
    ];

    public static readonly HashSet<string> Drops =
    [
        "without", "no", "not", "ignore", "ignored", "ignoring", "skip", "skipped", "skipping", "drop",
        "dropped", "exclude", "excluded", "excluding", "except", "omit", "omitted", "leave", "left", "leaving",
        "don't", "don’t", "dont", "never", "alone", "untouched",
    ];

    public static readonly HashSet<string> Onlys = ["only", "just", "solely", "nothing"];

    public static readonly HashSet<string> Others =
    [
        "other", "others", "rest", "remaining", "else", "unknown", "unmapped", "further",
    ];

    /// <summary>Words that say how it was before; a clause with one of them is a remark.</summary>
    public static readonly HashSet<string> Befores =
    [
        "script", "scripts", "recipe", "before", "already", "today", "previously", "usual", "used", "had",
        "did",
    ];

    public static readonly HashSet<string> Scripts = ["script", "scripts", "recipe"];

    public static readonly HashSet<string> Things =
    [
        "item", "items", "issue", "issues", "ticket", "tickets", "everything", "anything", "things", "ones",
        "work", "all", "that", "which",
    ];

    /// <summary>Words that say nothing of their own.</summary>
    public static readonly HashSet<string> Fillers =
    [
        .. Ands, .. Operators, .. FromOperators, .. Things, .. Onlys, "a", "an", "the", "any", "every", "each",
        "both", "our", "my", "their", "its", "his", "her", "this", "these", "those", "or", "also", "too",
        "with", "on", "at", "was", "were", "should", "must", "shall", "will", "would", "could", "can", "may",
        "please", "i", "we", "you", "us", "want", "need", "like", "have", "has", "bring", "take", "sync",
        "synced", "synchronize", "synchronise", "copy", "import", "migrate", "move", "mapping", "use", "make",
        "set", "put", "keep", "show", "shown", "project", "projects", "jira", "azure", "devops", "ado",
        "boards", "board", "link", "links", "linked", "relation", "relations", "type", "types", "status",
        "statuses", "state", "states", "field", "fields", "value", "values", "it", "them", "they", "same",
        "there", "here", "over", "up", "out", "when", "so", "always", "directly", "simply", "turned", "going",
        "include", "includes", "including", "along", "together", "well", "still", "select", "related", "become",
        "from", "whole", "entire", "do", "does", "let", "via", "people", "say", "says", "said", "called",
        "named", "priority", "tags", "one", "add", "added", "how", "what", "way", "such", "under", "marked",
        "treat", "treated", "count", "counts", "phrase", "item's", "new", "items'", "per", "not", "sprint's",
        "left", "leave", "alone", "dont", "don't",
    ];
}
