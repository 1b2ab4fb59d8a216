using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.AzureDevOps.Types;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps;

/// <summary>
/// What Azure DevOps refuses with. Every error that the sandbox knows is made here: its status, text and type key. The
/// service has two JSON envelopes: its own, and that of the framework that binds a request to its parameters.
/// </summary>
internal sealed class AdoError : Exception
{
    private const string Tracking = "Microsoft.TeamFoundation.WorkItemTracking.Server";
    private const string Common = "Microsoft.VisualStudio.Services.Common";
    private const string Binding = "";

    private AdoError(int status, string typeNamespace, string typeKey, string message, int eventId = 3200)
        : base(message) => (Status, TypeNamespace, TypeKey, EventId) = (status, typeNamespace, typeKey, eventId);

    public int Status { get; private set; }

    private string TypeNamespace { get; }

    private string TypeKey { get; }

    private int EventId { get; }

    private JsonObject? CustomProperties { get; init; }

    private Dictionary<string, string> Headers { get; } = [];

    // --- The request itself.

    public static AdoError Bound(string message, int status = 400) => new(status, Binding, Binding, message);

    public static AdoError UnsupportedMediaType(string? contentType) => Bound(
        contentType is null
            ? "The request contains an entity body but no Content-Type header. The inferred media type "
                + "'application/octet-stream' is not supported for this resource."
            : $"The request entity's media type '{contentType}' is not supported for this resource.",
        415);

    public static AdoError NoPatchDocument() => new(
        400, Common, "VssPropertyValidationException",
        "You must pass a valid patch document in the body of the request.", 3000);

    public static AdoError WrongRelationShape(string value) => new(
        400, Common, "VssPropertyValidationException",
        $"Value {value} does not match the expected type Microsoft.TeamFoundation.WorkItemTracking.WebApi.Models.WorkItemRelation.",
        3000);

    public static AdoError PatchPath(string message) =>
        new(400, Common, "VssPropertyValidationException", message, 3000);

    public static AdoError NullArgument(string name) => new(
        400, "System", "ArgumentNullException", $"Value cannot be null.\r\nParameter name: {name}", 0);

    public static AdoError Argument(string message) => new(400, "System", "ArgumentException", message, 0);

    public static AdoError NoVersion(string method) => new(
        400, Common, "VssVersionNotSpecifiedException",
        $"No api-version was supplied for the \"{method}\" request. The version must be supplied either as part of the "
            + "Accept header (e.g. \"application/json; api-version=1.0\") or as a query parameter (e.g. \"?api-version=1.0\").",
        3000);

    public static AdoError VersionOutOfRange(string version, string latest) => new(
        400, Common, "VssVersionOutOfRangeException",
        $"The requested REST API version of {version} is out of range for this server. "
            + $"The latest REST API version this server supports is {latest}.",
        3000);

    public static AdoError InvalidVersion(string version) => new(
        400, Common, "VssInvalidApiVersionException", $"The api-version \"{version}\" is not a valid version.", 3000);

    public static AdoError PreviewNeeded(string version) => new(
        400, Common, "VssInvalidPreviewVersionException",
        $"The requested version \"{version}\" of the resource is under preview. The -preview flag must be supplied in the "
            + $"api-version for such requests. For example: \"{version}-preview\"",
        3000);

    public static AdoError TooLarge() => Bound("The request entity is too large.", 413);

    public static AdoError MethodNotAllowed(string method) =>
        Bound($"The requested resource does not support http method '{method}'.", 405);

    public static AdoError Unexpected() => new(
        500, Tracking, "WorkItemTrackingServiceException",
        "TF401349: An unexpected error has occurred, please verify your request and try again.", 3000);

    public static AdoError Unverifiable() => new(
        400, Tracking, "WorkItemTrackingServiceException",
        "TF401349: An unexpected error has occurred, please verify your request and try again.", 3000);

    // --- Who asks, and what for.

    public static AdoError NotAuthorized(string user) => new(
        401, "Microsoft.TeamFoundation.Framework.Server", "UnauthorizedRequestException",
        $"TF400813: The user '{user}' is not authorized to access this resource.", 3000);

    public static AdoError MayNot(string what) => new(
        403, "Microsoft.VisualStudio.Services.Security", "AccessCheckException",
        $"TF401027: You need the {what} permission to perform this action.", 3000);

    public static AdoError NodePermission(string user, string permission) => new(
        403, "Microsoft.TeamFoundation.Framework.Server", "AccessCheckException",
        $"TF50309: The following account does not have sufficient permissions to complete the operation: {user}. "
            + $"The following permissions are needed to perform this operation: {permission}.",
        3000);

    public static AdoError AreaNotEditable() => new(
        403, Tracking, "WorkItemUnauthorizedAccessException",
        "TF237111: The current user does not have permissions to save work items under the specified area path.");

    public static AdoError ProjectMissing(string name) => new(
        404, "Microsoft.TeamFoundation.Core.WebApi", "ProjectDoesNotExistWithNameException",
        $"TF200016: The following project does not exist: {name}. Verify that the name of the project is correct and that "
            + "the project exists on the specified Azure DevOps Server.",
        3000);

    public static AdoError ProjectExists(string name) => new(
        400, "Microsoft.TeamFoundation.Core.WebApi", "ProjectAlreadyExistsException",
        $"TF200019: The following project already exists on the Azure DevOps Server: {name}.", 3000);

    public static AdoError ProjectName(string name) => new(
        400, "Microsoft.TeamFoundation.Core.WebApi", "InvalidProjectNameException",
        $"TF200014: The following name is not valid for a project: {name}.", 3000);

    public static AdoError ProcessMissing(string id) => new(
        404, "Microsoft.TeamFoundation.Core.WebApi", "ProcessTemplateNotFoundException",
        $"VS402362: The process {id} does not exist or you do not have permission to access it.", 3000);

    public static AdoError OperationMissing(string id) => new(
        404, "Microsoft.VisualStudio.Services.Operations", "OperationNotFoundException",
        $"The operation {id} does not exist.", 0);

    public static AdoError TypeMissing(string type, string project) => new(
        404, Tracking, "WorkItemTypeNotFoundException",
        $"VS402323: Work item type {type} does not exist in project {project} or you do not have permission to access it.");

    public static AdoError ItemMissing(int id) => new(
        404, Tracking, "WorkItemUnauthorizedAccessException",
        $"TF401232: Work item {id.ToString(CultureInfo.InvariantCulture)} does not exist, or you do not have permissions to read it.");

    public static AdoError RelationTypeMissing(string name) => new(
        404, Tracking, "WorkItemRelationTypeNotFoundException", $"The relation type {name} does not exist.");

    public static AdoError FieldMissing(string field, int status = 400) => new(
        status, $"{Tracking}.Metadata", "WorkItemTrackingFieldDefinitionNotFoundException",
        $"TF51535: Cannot find field {field}.");

    public static AdoError NodeMissing(string path) => new(
        404, $"{Tracking}.Metadata", "ClassificationNodeNotFoundException",
        $"VS402485: The node {path} does not exist.");

    public static AdoError NodeExists(string name, string parent) => new(
        409, $"{Tracking}.Metadata", "ClassificationNodeDuplicateNameException",
        $"VS402371: Classification node name {name} is already in use by a different child of parent classification node {parent}. "
            + "Choose a different name.");

    public static AdoError NodeName(string name) => new(
        400, $"{Tracking}.Metadata", "ClassificationNodeInvalidNameException",
        $"TF51000: The name {name} is not valid for a node.");

    public static AdoError QueryMissing(string query) => new(
        404, $"{Tracking}.Metadata", "QueryItemNotFoundException",
        $"TF401243: The query {query} does not exist, or you do not have permission to read it.");

    public static AdoError QueryExists(string name) => new(
        409, $"{Tracking}.Metadata", "QueryItemDuplicateNameException",
        $"TF237018: The name {name} is already in use in this folder.");

    public static AdoError RevisionMissing(int id, int number) => new(
        404, Tracking, "WorkItemRevisionNotFoundException", $"Work item {id} has no revision {number}.");

    public static AdoError CommentMissing(int id, int comment) => new(
        404, Tracking, "CommentNotFoundException", $"Work item {id} has no comment {comment}.");

    public static AdoError AttachmentMissing(string id) => new(
        404, Tracking, "AttachmentNotFoundException", $"The attachment {id} does not exist.");

    public static AdoError ResourceAreaMissing(string id) => new(
        404, "Microsoft.VisualStudio.Services.Location", "ResourceAreaNotFoundException",
        $"The resource area {id} does not exist.");

    public static AdoError CategoryMissing(string name, int status = 404) => new(
        status, $"{Tracking}.Metadata", "WorkItemTypeCategoryNotFoundException",
        $"The work item type category {name} does not exist.");

    public static AdoError TagMissing(string tag) => new(
        404, Tracking, "TagNotFoundException", $"The tag {tag} does not exist.");

    public static AdoError Throttled() => new(
        429, "Microsoft.TeamFoundation.Framework.Server", "RequestBlockedException",
        "TF400733: The request has been canceled: Request was blocked due to exceeding usage of resource Concurrency in "
            + "namespace User.",
        3000);

    public static AdoError Unavailable() => new(
        503, Common, "VssServiceException",
        "TF24668: The following organization is stopped: contoso. Start the organization and try again.", 3000);

    /// <summary>
    /// What the database says when two writes add a link at the same time: its own words, as they came.
    /// </summary>
    public static AdoError DuplicateKey(string item) => new(
        500, "System.Data.SqlClient", "SqlException",
        "Cannot insert duplicate key row in object 'dbo.LinksAre' with unique index 'PK_LinksAre'. "
            + $"The duplicate key value is (1, {item}).",
        0);

    // --- Reading.

    public static AdoError TooMany(int count) => new(
        400, Tracking, "WorkItemTrackingRequestLimitException",
        $"VS403474: You requested {count} work items which exceeds the limit of 200.");

    public static AdoError ExpandWithFields() => new(
        400, Tracking, "ConflictingParametersException",
        "The expand parameter can not be used with the fields parameter.");

    // --- Writing fields.

    public static AdoError TestFailed(string path, string actual, string expected) => new(
        412, "Microsoft.VisualStudio.Services.WebApi.Patch", "TestPatchOperationFailedException",
        $"VS403351: Test Operation for path {path} failed, value {actual} was not equal to test value {expected}.",
        3000);

    private static AdoError Rule(FieldDefinition field, string flags, string message, int code = 524290) =>
        new(400, Tracking, "RuleValidationException", message)
        {
            CustomProperties = new JsonObject
            {
                ["FieldReferenceName"] = null,
                ["FieldStatusFlags"] = null,
                ["ErrorMessage"] = message,
                ["FieldStatusCode"] = null,
                ["RuleValidationErrors"] = new JsonArray(new JsonObject
                {
                    ["fieldReferenceName"] = field.ReferenceName,
                    ["fieldStatusFlags"] = flags,
                    ["errorMessage"] = message,
                    ["fieldStatusCode"] = code,
                    ["ruleValidationErrors"] = null,
                }),
            },
        };

    public static AdoError NotInList(FieldDefinition field, string value) => Rule(
        field, "required, hasValues, limitedToValues, invalidListValue",
        $"The field '{field.Name}' contains the value '{value}' that is not in the list of supported values");

    public static AdoError RuleCode(FieldDefinition field, string code) => Rule(
        field, string.Join(", ", code.Split(", ").Select(flag => char.ToLowerInvariant(flag[0]) + flag[1..])),
        $"TF401320: Rule Error for field {field.Name}. Error code: {code}.",
        code.Contains("InvalidEmpty", StringComparison.Ordinal) ? 524289 : 524290);

    /// <summary>A field that must have a value has none.</summary>
    public static AdoError Required(FieldDefinition field) => RuleCode(field, "Required, InvalidEmpty");

    /// <summary>A field that must be empty in the item's state got a value.</summary>
    public static AdoError NotEmpty(FieldDefinition field) => RuleCode(field, "InvalidNotEmpty");

    public static AdoError UnknownIdentity(FieldDefinition field, string value) => new(
        400, Tracking, "RuleValidationException",
        $"The identity value '{value}' for field '{field.Name}' is an unknown identity.");

    public static AdoError AmbiguousIdentity(FieldDefinition field, string value) => new(
        400, Tracking, "RuleValidationException",
        $"The identity value '{value}' for field '{field.Name}' is ambiguous: several people are called so.");

    public static AdoError ReadOnlyField(FieldDefinition field) => new(
        400, Tracking, "WorkItemFieldInvalidException",
        $"TF401326: Invalid field status 'ReadOnly' for field '{field.ReferenceName}'.");

    public static AdoError FieldTwice(FieldDefinition field, int id) => new(
        400, Tracking, "WorkItemFieldUpdatedTwiceException",
        $"VS403691: Update to work item {id} had two or more updates for field with reference name '{field.ReferenceName}'. "
            + "A field cannot be updated more than once in the same update.");

    public static AdoError DatesMustIncrease() => new(
        400, Tracking, "WorkItemDatesOnlyIncreaseException", "VS402625: Dates must be increasing with each revision.");

    public static AdoError DateInFuture() => new(
        400, Tracking, "WorkItemDateInFutureException", "VS402624: Date cannot be in the future.");

    public static AdoError TreeName(int id, FieldDefinition field) => new(
        400, $"{Tracking}.Metadata", "WorkItemTrackingTreeNodeNotFoundException",
        $"TF401347: Invalid tree name given for work item {id}, field '{field.ReferenceName}'.");

    public static AdoError ProjectChange(string name) => new(
        400, Tracking, "WorkItemProjectChangeException",
        $"VS402834: A work item cannot be in this team project: {name}. It does not exist, or you do not have permission to access it.");

    public static AdoError TypeChange(string type, string project) => new(
        400, Tracking, "WorkItemTypeChangeException",
        $"VS403072: The work item type {type} does not exist in project {project}.");

    public static AdoError SaveRace(int status) => new(
        status, Tracking, "WorkItemRevisionMismatchException",
        "TF26071: This work item has been changed by someone else since you opened it. You will need to refresh it and "
            + "discard your changes.");

    public static AdoError TagName() => new(
        400, Tracking, "InvalidTagNameException",
        "TF401407: The tag name is invalid. It contains invalid characters.");

    /// <summary>A text that no field may hold.</summary>
    public static AdoError RefusedText() => new(
        400, Tracking, "WorkItemInvalidTextException", "The text holds characters that are not allowed.");

    public static AdoError TooManyTags() => new(
        400, Tracking, "WorkItemTagLimitExceededException", "A work item can have no more than 100 tags.");

    // --- Writing relations.

    public static AdoError RelationTypeUnknown(string rel) => new(
        400, Tracking, "WorkItemLinkTypeNotFoundException", $"The relation type '{rel}' is unknown.");

    public static AdoError FullUrlNeeded() => new(
        400, Tracking, "WorkItemInvalidRelationUrlException", "Linking to a work item requires the full URL.");

    public static AdoError MixedRelationEdits() => new(
        400, Tracking, "WorkItemRelationPatchException", "A patch can't both add and remove relations.");

    public static AdoError LinkTypeDisabled(string name) => new(
        400, Tracking, "WorkItemLinkTypeDisabledException",
        $"TF201034: The link type {name} is disabled, so no link of this type can be added.");

    public static AdoError ExtraParent(string name, int source, int target, string parentName) => new(
        400, Tracking, "WorkItemLinkAddExtraParentException",
        $"TF201036: You cannot add a {name} link between work items {source} and {target} because a work item can have only "
            + $"one {parentName} link.");

    public static AdoError Circular(string name, int source, int target, int status) => new(
        status, Tracking, "WorkItemLinkCircularException",
        $"TF201035: Adding a {name} link between work items {source} and {target} would result in a circular relationship.");

    public static AdoError SelfLink(int status) => new(
        status, Tracking, "WorkItemLinkToSelfException", "A work item cannot be linked to itself.");

    public static AdoError LinkExists() => new(
        400, Tracking, "WorkItemLinkAlreadyExistsException",
        "TF201064: A link to the work item already exists. It may have been added by another user.");

    public static AdoError TooDeep() => new(
        400, Tracking, "WorkItemLinkDepthExceededException",
        "TF237200: Cannot add a new link because the hierarchy would have more than 220 levels.");

    public static AdoError LinkLimit() => new(
        400, Tracking, "WorkItemLinkLimitExceededException",
        "TF237201: Cannot add a new link because one of the work items being linked will exceed the 1000 link limit. "
            + "Remove links from that item and try saving again");

    public static AdoError RemoteLink() => new(
        400, Tracking, "WorkItemRemoteLinkException", "A remote link needs a work item of another organization.");

    public static AdoError AttachmentTooLarge() => new(
        400, Tracking, "AttachmentTooLargeException", "An attachment can't be larger than 60 MB.");

    public static AdoError AttachmentUnknown(string url) => new(
        400, Tracking, "WorkItemResourceLinkException", $"There is no attachment at {url}.");

    public static AdoError TooManyAttachments() => new(
        400, Tracking, "WorkItemAttachmentLimitExceededException",
        "A work item can have no more than 100 attachments.");

    public static AdoError CommentTooLong(int limit) => new(
        400, Tracking, "WorkItemLinkCommentTooLongException",
        $"The comment of a link is limited to {limit} characters.");

    // --- Queries.

    public static AdoError Query(string message) => new(400, Tracking, "SyntaxException", message);

    public static AdoError QueryOverLimit(int limit) => new(
        400, Tracking, "WorkItemTrackingQueryResultSizeLimitExceededException",
        $"VS402337: The number of work items returned exceeds the size limit of {limit}. Change the query to return fewer items.");

    // --- The sandbox's own route table.

    /// <summary>The plain text with which the service answers a path that it has no controller for.</summary>
    public static Answer NoController(string path) => Answer.Text(
        404, $"The controller for path '{path}' was not found or does not implement IController.");

    public AdoError WithHeader(string name, string value)
    {
        Headers[name] = value;
        return this;
    }

    public Answer ToAnswer()
    {
        JsonObject body;
        if (TypeKey == Binding)
        {
            body = new JsonObject { ["count"] = 1, ["value"] = new JsonObject { ["Message"] = Message } };
        }
        else
        {
            body = new JsonObject { ["$id"] = "1" };
            if (CustomProperties is not null)
            {
                body["customProperties"] = CustomProperties.DeepClone();
            }

            body["innerException"] = null;
            body["message"] = Message;
            body["typeName"] = $"{TypeNamespace}.{TypeKey}, {Assembly()}";
            body["typeKey"] = TypeKey;
            body["errorCode"] = 0;
            body["eventId"] = EventId;
        }

        var answer = Answer.Json(body, Status);
        foreach (var (name, value) in Headers)
        {
            answer.With(name, value);
        }

        return answer;
    }

    // The service names the assembly after the root of the namespace.
    private string Assembly() => TypeNamespace.StartsWith(Tracking, StringComparison.Ordinal) ? Tracking
        : TypeNamespace == "System" ? "mscorlib" : TypeNamespace;
}
