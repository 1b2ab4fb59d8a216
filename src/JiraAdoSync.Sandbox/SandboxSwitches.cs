using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace JiraAdoSync.Sandbox;

/// <summary>How Azure DevOps answers a relation that already exists.</summary>
public enum DuplicateLinkAnswer
{
    /// <summary>400 with a text like TF201064, and nothing of the patch is saved.</summary>
    Refuse,

    /// <summary>200, as if it had been added.</summary>
    Accept,
}

/// <summary>How Jira takes an edit without notifications by an account that may not switch them off.</summary>
public enum SilentEditAnswer
{
    /// <summary>204, and nothing is changed: the whole request is passed over.</summary>
    IgnoreEdit,

    /// <summary>The edit is done, and people are notified.</summary>
    IgnoreParameter,

    /// <summary>403, as older documents of Data Center have it.</summary>
    Refuse,
}

/// <summary>How Jira takes several links that one body of an issue adds.</summary>
public enum SeveralLinksAnswer
{
    /// <summary>The first is made, the others are passed over.</summary>
    FirstOnly,

    /// <summary>400, and nothing of the body is saved.</summary>
    Refuse,

    /// <summary>All are made.</summary>
    Accept,
}

/// <summary>What a query with more than 20,000 results gets.</summary>
public enum QueryOverLimitAnswer
{
    /// <summary>The first 20,000, and no sign of the rest.</summary>
    Truncate,

    /// <summary>400 with VS402337.</summary>
    Refuse,
}

/// <summary>
/// One switch for each point on which the real services' answer is not established by documents or recordings. The
/// default is the answer that is harder on a client, with the exceptions that each switch names. They may be set while
/// the sandbox runs: here, or with <c>PUT /sandbox/switches</c>.
/// </summary>
public sealed class SandboxSwitches
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>An identical work item link or hyperlink is added again. No recorded answer exists.</summary>
    public DuplicateLinkAnswer DuplicateLinks { get; set; } = DuplicateLinkAnswer.Refuse;

    /// <summary>
    /// The status of TF201035 (a link would close a cycle): one team measured 500; 400 is what one expects.
    /// </summary>
    public int CircularLinkStatus { get; set; } = 500;

    /// <summary>The status with which a link of a work item to itself is refused: measured once, as 500.</summary>
    public int SelfLinkStatus { get; set; } = 500;

    /// <summary>The status of TF26071, a save that lost a race inside the service: reported as 409.</summary>
    public int SaveRaceStatus { get; set; } = 409;

    /// <summary>How many of the coming changes of work items lose such a race; it counts down to 0.</summary>
    public int SavesThatLoseARace { get; set; }

    /// <summary>
    /// How many of the coming additions of links fail as parallel ones to one parent do, with the database's own text
    /// about a duplicate key; it counts down to 0.
    /// </summary>
    public int LinkAdditionsThatCollide { get; set; }

    /// <summary>
    /// Whether one patch may remove and add relations. Default true, the kinder answer: the client replaces a parent in
    /// one patch, and has another way where that is refused.
    /// </summary>
    public bool PatchMayMixRelationRemovalsAndAdditions { get; set; } = true;

    /// <summary>Whether a patch's removals are done before its additions, wherever they are in it.</summary>
    public bool RelationRemovalsComeFirst { get; set; }

    /// <summary>How many requests a <c>$batch</c> may hold.</summary>
    public int BatchLimit { get; set; } = 200;

    /// <summary>
    /// Whether a creation in a <c>$batch</c> may link to an item of the batch and to an existing one.
    /// </summary>
    public bool BatchCreationMayMixNewAndExistingTargets { get; set; }

    /// <summary>More than 20,000 results of a query: two Microsoft texts disagree.</summary>
    public QueryOverLimitAnswer QueryOverLimit { get; set; } = QueryOverLimitAnswer.Truncate;

    /// <summary>The number of results at which a query is over the limit; lower it to see what happens there.</summary>
    public int QueryLimit { get; set; } = 20_000;

    /// <summary>Whether the comment of a work item link shows at both ends, or only where it was written.</summary>
    public bool LinkCommentShowsAtBothEnds { get; set; }

    /// <summary>The longest comment a relation takes; the documents give no figure.</summary>
    public int LinkCommentLimit { get; set; } = 255;

    /// <summary>
    /// Whether <c>artifacturiquery</c> finds hyperlinks. Default true, the kinder answer: two migration tools rely on
    /// it.
    /// </summary>
    public bool HyperlinksAreFoundByArtifactUri { get; set; } = true;

    /// <summary>
    /// Whether the dates of a hyperlink or a file (<c>authorizedDate</c> and the two of the resource) move when its
    /// comment is replaced. No source says.
    /// </summary>
    public bool HyperlinkCommentMovesDates { get; set; } = true;

    /// <summary>
    /// Whether links to work items that the account may not read are among the relations that it reads.
    /// </summary>
    public bool LinksToUnreadableItemsShow { get; set; } = true;

    /// <summary>How many look-ups of a new hyperlink's address find nothing before one finds it.</summary>
    public int HyperlinkLookUpsThatMiss { get; set; }

    /// <summary>Whether <c>artifacturiquery</c> lists the addresses that nobody holds, with an empty array.</summary>
    public bool ArtifactUriQueryListsUnknownAddresses { get; set; }

    /// <summary>
    /// Whether a work item may be created in another state than its type's first one without bypassRules.
    /// </summary>
    public bool CreationMayChooseState { get; set; }

    /// <summary>
    /// Whether a work item that is moved to another project begins again in its type's first state, as the
    /// documentation of the web page says; a patch that names a state keeps it.
    /// </summary>
    public bool MovesResetState { get; set; } = true;

    /// <summary>Whether links to a deleted work item still show on the other ends.</summary>
    public bool LinksOfDeletedItemsStay { get; set; }

    /// <summary>
    /// Whether DELETE of a work item answers 204 without a body, as the official example does. Default false: the
    /// OpenAPI document knows only 200 with a body.
    /// </summary>
    public bool DeletionAnswersNoContent { get; set; }

    /// <summary>
    /// Whether tags are refused (TF401407) for signs that people saw refused: whatever is outside the basic plane,
    /// pictographs, and signs that format or control. The documentation rules out separators and formatting only.
    /// </summary>
    public bool TagsRefuseSpecialCharacters { get; set; } = true;

    /// <summary>
    /// Whether a field of one line, such as the title, is refused for line breaks, tabs and other signs of control, and
    /// for noncharacters. What the service does with them is not documented.
    /// </summary>
    public bool LinesRefuseControlCharacters { get; set; } = true;

    /// <summary>
    /// Whether an area or iteration can't be called by a name that the documentation of names reserves, such as
    /// <c>.</c>, <c>PRN</c> or <c>COM1</c>.
    /// </summary>
    public bool ReservedNodeNamesAreRefused { get; set; } = true;

    /// <summary>
    /// How far from UTC the people are who look at the board, in minutes: they see a date at their own time, so that
    /// midnight UTC is the day before where they are west of it, as by default.
    /// </summary>
    public int ViewersUtcOffsetMinutes { get; set; } = -480;

    /// <summary>
    /// A text that no field may hold, which the service refuses in words that name no field; null where there is none.
    /// </summary>
    public string? TextThatIsRefused { get; set; }

    /// <summary>Whether an unknown person in an identity field is refused.</summary>
    public bool UnknownIdentitiesAreRefused { get; set; } = true;

    /// <summary>
    /// Whether the account may suppress notifications. Default true: it is a permission of the account, and the
    /// sandbox's account has all of them.
    /// </summary>
    public bool AccountMaySuppressNotifications { get; set; } = true;

    /// <summary>Whether the account may bypass rules; see <see cref="AccountMaySuppressNotifications"/>.</summary>
    public bool AccountMayBypassRules { get; set; } = true;

    /// <summary>
    /// Whether reads of several work items list relations in another order than the read of one. Default false:
    /// reported by one user, while 48 recorded reads show one order.
    /// </summary>
    public bool ListReadsOrderRelationsDifferently { get; set; }

    /// <summary>Relation types that the organisation has disabled, by reference name without the end.</summary>
    public IReadOnlyList<string> DisabledLinkTypes { get; set; } = [];

    /// <summary>
    /// Whether the organisation has a link type that a customer made, Verifies and Verified By (Server can have such).
    /// </summary>
    public bool HasCustomerLinkType { get; set; }

    /// <summary>
    /// Whether an issue's <c>updated</c> moves when a Jira link or a web link is added, changed or removed.
    /// </summary>
    public bool LinksMoveUpdated { get; set; }

    /// <summary>
    /// Whether issue linking is switched off in Jira: links and their types are then answered with 404.
    /// </summary>
    public bool IssueLinkingIsDisabled { get; set; }

    /// <summary>
    /// How many links to issues, and how many to the web, an issue of Jira takes; one more gets 413, whose body is not
    /// established.
    /// </summary>
    public int JiraLinksPerIssue { get; set; } = 2000;

    /// <summary>
    /// How many of an issue's comments the issue itself shows, in a search or read alone: the first ones. The rest is
    /// read page by page. How many are shown is not documented.
    /// </summary>
    public int CommentsShown { get; set; } = 20;

    /// <summary>How many searches miss a just-written Jira issue that they are not asked to reconcile.</summary>
    public int SearchesThatMissNewIssues { get; set; }

    /// <summary>
    /// How many reads of Jira issues in bulk miss a just-created one. Default 0, the kinder answer: a read by key is no
    /// search of the index.
    /// </summary>
    public int BulkFetchesThatMissNewIssues { get; set; }

    /// <summary>
    /// How many comments, and how many files, a Jira issue takes; one more gets 413.
    /// </summary>
    public int JiraCommentsPerIssue { get; set; } = 5000;

    /// <summary>See <see cref="JiraCommentsPerIssue"/>.</summary>
    public int JiraAttachmentsPerIssue { get; set; } = 2000;

    /// <summary>
    /// What becomes of an edit with <c>notifyUsers=false</c> whose account may not say so: the document says that "the
    /// request is ignored", which may mean the parameter or the edit.
    /// </summary>
    public SilentEditAnswer SilentEditsWithoutPermission { get; set; } = SilentEditAnswer.IgnoreEdit;

    /// <summary>Whether writing or removing a property of a Jira issue moves its <c>updated</c>.</summary>
    public bool PropertyWritesMoveUpdated { get; set; } = true;

    /// <summary>
    /// By how many milliseconds the entry of an edit in the history of a Jira issue is later than the issue's
    /// <c>updated</c>; earlier where it is negative. The two are stamped one after the other, in which order is not
    /// documented. Default 0, the kinder answer.
    /// </summary>
    public int HistorySkewMilliseconds { get; set; }

    /// <summary>
    /// Whether the entries in the history of a Jira issue have whole seconds alone, as some databases keep times, while
    /// its <c>updated</c> has milliseconds.
    /// </summary>
    public bool HistoryTimesAreWholeSeconds { get; set; }

    /// <summary>
    /// Whether an edit of a Jira issue is refused as a whole where one of its properties can't be saved. Otherwise its
    /// fields are saved by then.
    /// </summary>
    public bool PropertiesOfEditsAreAtomic { get; set; }

    /// <summary>
    /// How many of the coming edits with properties save their fields and then fail with 500, without the properties;
    /// it counts down to 0.
    /// </summary>
    public int EditsThatLoseTheirProperties { get; set; }

    /// <summary>
    /// How many of the coming edits and transitions of Jira issues are refused with 409 for another one that came
    /// between; it counts down to 0.
    /// </summary>
    public int JiraEditsThatConflict { get; set; }

    /// <summary>
    /// What becomes of several <c>issuelinks.add</c> in one body. Links in bodies are in no document.
    /// </summary>
    public SeveralLinksAnswer SeveralLinksInABody { get; set; } = SeveralLinksAnswer.FirstOnly;

    /// <summary>Whether the body that creates a Jira issue may add links.</summary>
    public bool CreationsMayAddLinks { get; set; }

    /// <summary>
    /// Whether a creation of several Jira issues answers with them in the order in which they were asked for; otherwise
    /// in reverse order.
    /// </summary>
    public bool BulkCreationsAnswerInOrder { get; set; }

    /// <summary>
    /// Whether <c>expand=transitions.fields</c> leaves the resolution out although a transition takes it, as one client
    /// found.
    /// </summary>
    public bool TransitionFieldsLeaveOutResolution { get; set; } = true;

    /// <summary>
    /// Whether the parent of a Jira issue must be exactly one level above it. Default false, the kinder answer: seeds
    /// of any shape can be edited then. A sub-task is never the parent of a sub-task.
    /// </summary>
    public bool ParentsAreOneLevelAbove { get; set; }

    /// <summary>
    /// How many requests come in before a task of Jira Cloud is done, the first being that one which asks for it; those
    /// requests still see what was before.
    /// </summary>
    public int RequestsBeforeJiraTasks { get; set; } = 1;

    /// <summary>How many of the coming tasks of Jira Cloud fail, with nothing done; it counts down to 0.</summary>
    public int JiraTasksThatFail { get; set; }

    /// <summary>
    /// Whether a search for people finds somebody by a mail address that is hidden in the profile.
    /// </summary>
    public bool HiddenAddressesAreFound { get; set; }

    /// <summary>How many issues Jira Data Center creates at once.</summary>
    public int DataCenterBulkLimit { get; set; } = 50;

    /// <summary>Whether searches of Jira Data Center show the properties that they name.</summary>
    public bool DataCenterSearchesShowProperties { get; set; }

    /// <summary>
    /// Whether a query of Jira Data Center may name issues that don't exist, where <c>validateQuery</c> is false: no
    /// document says what such a query finds.
    /// </summary>
    public bool DataCenterQueriesMayNameUnknownIssues { get; set; }

    /// <summary>Whether edits of Jira Data Center answer with the issue where <c>returnIssue</c> asks for it.</summary>
    public bool DataCenterKnowsReturnIssue { get; set; }

    /// <summary>
    /// Whether Jira Data Center takes another <c>parent</c> for a sub-task that exists; reported as possible at
    /// creation only.
    /// </summary>
    public bool DataCenterEditsParents { get; set; }

    /// <summary>
    /// Whether Jira answers wrong credentials as if nobody had signed in (200 without issues) rather than with 401.
    /// </summary>
    public bool WrongJiraCredentialsAreAnonymous { get; set; } = true;

    /// <summary>
    /// Whether an account of a person may register Jira's dynamic webhooks (<c>/rest/api/3/webhook</c>). Default false:
    /// they are documented for apps only.
    /// </summary>
    public bool JiraAccountsMayUseDynamicWebhooks { get; set; }

    /// <summary>
    /// Whether writes of links that touch one work item at the same time are refused, all but one, with the words of
    /// the database. Default false: the service does it under load only.
    /// </summary>
    public bool ParallelLinkWritesCollide { get; set; }

    /// <summary>
    /// Azure DevOps' budget of throughput units (TSTU) in five minutes; 0 for none. The service gives an account 200,
    /// at about 0.014 a request.
    /// </summary>
    public double ThroughputUnits { get; set; }

    /// <summary>
    /// Whether Jira Cloud keeps its limits: 100 requests a second of an endpoint (50 for PUT and DELETE, 150 for reads
    /// of one issue), 20 writes to one issue in two seconds and 100 in thirty.
    /// </summary>
    public bool JiraCloudLimits { get; set; }

    /// <summary>How many requests a second Jira Data Center takes of an account; 0 where its limit is off.</summary>
    public int JiraDataCenterRequestsPerSecond { get; set; }

    /// <summary>The switches as JSON, by their names in camel case.</summary>
    internal JsonObject ToJson() => (JsonObject)JsonSerializer.SerializeToNode(this, Json)!;

    /// <summary>Sets the switches named in <paramref name="values"/>; says what is wrong, or null.</summary>
    internal string? Apply(JsonObject values)
    {
        var parsed = new List<(PropertyInfo Property, object? Value)>();
        foreach (var (name, value) in values)
        {
            var property = typeof(SandboxSwitches).GetProperty(
                name, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase);
            if (property is null)
            {
                return $"There is no switch '{name}'. The switches are "
                    + string.Join(", ", ToJson().Select(known => known.Key)) + ".";
            }

            try
            {
                parsed.Add((property, value.Deserialize(property.PropertyType, Json)));
            }
            catch (JsonException)
            {
                return $"The switch '{name}' does not take the value {value?.ToJsonString() ?? "null"}.";
            }
        }

        parsed.ForEach(one => one.Property.SetValue(this, one.Value));
        return null;
    }
}
