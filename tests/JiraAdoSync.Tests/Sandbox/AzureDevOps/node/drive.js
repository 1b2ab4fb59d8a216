"use strict";

// Drives the sandbox with the vendor's own client and prints what it got, one JSON object; NodeClientTests.cs judges it.
// Usage: node drive.js <organization> <project> <token>

const { Readable } = require("node:stream");
const api = require("azure-devops-node-api");
const wit = require("azure-devops-node-api/interfaces/WorkItemTrackingInterfaces");

const [, , organization, project, token] = process.argv;
const add = (field, value) => ({ op: "add", path: `/fields/${field}`, value });
const link = (rel, item, comment) => ({ op: "add", path: "/relations/-", value: { rel, url: item.url, attributes: { comment } } });

async function read(stream) {
    const chunks = [];
    for await (const chunk of stream) {
        chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString("utf8");
}

async function refusal(work) {
    try {
        await work();
        return null;
    } catch (error) {
        return { status: error.statusCode, message: error.message, typeKey: error.result && error.result.typeKey };
    }
}

async function main() {
    const said = {};
    const connection = new api.WebApi(organization, api.getPersonalAccessTokenHandler(token));
    said.user = (await connection.connect()).authenticatedUser.providerDisplayName;
    const core = await connection.getCoreApi();
    said.projects = (await core.getProjects()).map(one => one.name);
    said.project = (await core.getProject(project, true)).capabilities.processTemplate.templateName;

    const client = await connection.getWorkItemTrackingApi();
    const create = (type, ...operations) => client.createWorkItem(null, operations, project, type);
    const update = (item, ...operations) => client.updateWorkItem(null, operations, item.id);

    // What there is.
    said.relationTypes = (await client.getRelationTypes()).length;
    said.relationType = (await client.getRelationType("System.LinkTypes.Hierarchy-Forward")).attributes.topology;
    said.types = (await client.getWorkItemTypes(project)).map(one => one.name).slice(0, 3);
    said.type = (await client.getWorkItemType(project, "User Story")).referenceName;
    said.states = (await client.getWorkItemTypeStates(project, "Task")).map(one => `${one.name} ${one.category}`);
    said.values = (await client.getWorkItemTypeFieldWithReferences(
        project, "Bug", "Microsoft.VSTS.Common.Severity", wit.WorkItemTypeFieldsExpandLevel.All)).allowedValues;
    said.categories = (await client.getWorkItemTypeCategories(project)).some(one => one.referenceName === "Microsoft.BugCategory");
    said.field = (await client.getField("System.Title")).type;
    said.fields = (await client.getFields(project)).some(one => one.referenceName === "System.HyperLinkCount");
    said.customField = (await client.createField({ name: "Jira id", referenceName: "Custom.JiraId", type: wit.FieldType.String })).referenceName;
    said.area = (await client.createOrUpdateClassificationNode({ name: "Web" }, project, "areas")).path;
    said.areas = (await client.getClassificationNode(project, "areas", undefined, 2)).children.map(one => one.name);
    said.roots = (await client.getRootNodes(project, 1)).map(one => one.name);

    // Work items, links, batches.
    const epic = await create("Epic", add("System.Title", "Epic"), add("System.Tags", "one"));
    const story = await create("User Story", add("System.Title", "Story"), link("System.LinkTypes.Hierarchy-Reverse", epic, "why"));
    const task = await create("Task", add("System.Title", "Task"), link("Hyperlink", { url: "https://jira.example/1" }, "mark"));
    said.created = [epic, story, task].map(one => [one.id, one.rev, one.fields["System.State"], (one.relations || []).length]);
    const moved = await update(task, add("System.State", "Active"), link("System.LinkTypes.Hierarchy-Reverse", story));
    said.moved = [moved.rev, moved.fields["System.State"], moved.fields["System.Parent"]];
    said.validated = (await client.updateWorkItem(null, [add("System.Title", "No")], task.id, project, true)).fields["System.Title"];
    said.bypassed = (await client.updateWorkItem(
        null, [add("System.State", "Strange")], epic.id, project, false, true, true)).fields["System.State"];
    await client.updateWorkItem(null, [add("System.State", "New")], epic.id, project, false, true, true);
    const one = await client.getWorkItem(story.id, undefined, undefined, wit.WorkItemExpand.Relations, project);
    said.relations = one.relations.map(relation => relation.attributes.name).sort();
    said.named = (await client.getWorkItem(story.id, ["System.Title"])).fields;
    said.missing = await client.getWorkItem(999);
    said.many = (await client.getWorkItems(
        [epic.id, 999, task.id], ["System.Id"], undefined, undefined, wit.WorkItemErrorPolicy.Omit)).map(one => one && one.id);
    said.batch = (await client.getWorkItemsBatch(
        { ids: [task.id, epic.id], $expand: wit.WorkItemExpand.All }, project)).map(one => one.id);
    said.stale = await refusal(() => update(task, { op: "test", path: "/rev", value: 7 }));
    said.rule = await refusal(() => update(task, add("System.State", "No such")));
    said.circle = await refusal(() => update(epic, link("System.LinkTypes.Hierarchy-Reverse", task)));

    // Queries.
    const query = (text, precise, top) => client.queryByWiql({ query: text }, { project }, precise, top);
    said.flat = (await query("SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = @project ORDER BY [System.Id] DESC")).workItems
        .map(one => one.id);
    said.top = (await query("SELECT [System.Id] FROM WorkItems ORDER BY [System.Id]", false, 1)).workItems.map(one => one.id);
    const tree = await query("SELECT [System.Id] FROM WorkItemLinks WHERE [Source].[System.Id] > 0 AND "
        + "[System.Links.LinkType] = 'System.LinkTypes.Hierarchy-Forward' AND [Target].[System.Id] > 0 MODE (Recursive)");
    said.tree = [tree.queryType === wit.QueryType.Tree, tree.workItemRelations.map(row => [row.source && row.source.id, row.target.id])];
    said.asOf = tree.asOf instanceof Date;
    said.badQuery = await refusal(() => query("SELECT [System.Id] FROM Nowhere"));
    said.found = (await client.queryWorkItemsForArtifactUris({ artifactUris: ["https://jira.example/1"] }, project))
        .artifactUrisQueryResult["https://jira.example/1"].map(one => one.id);

    // History, comments, attachments.
    said.updates = (await client.getUpdates(task.id)).map(one => [one.id, one.rev]);
    said.update = (await client.getUpdate(task.id, 2)).fields["System.State"].newValue;
    said.revisions = (await client.getRevisions(task.id, undefined, undefined, wit.WorkItemExpand.Relations)).map(one => one.rev);
    said.revision = (await client.getRevision(task.id, 1)).fields["System.State"];
    const comment = await client.addComment({ text: "first" }, project, task.id);
    await client.addComment({ text: "second" }, project, task.id);
    await client.updateComment({ text: "first, better" }, project, task.id, comment.id);
    said.comments = (await client.getComments(project, task.id, undefined, undefined, false, undefined, wit.CommentSortOrder.Asc))
        .comments.map(one => [one.text, one.version]);
    said.comment = (await client.getComment(project, task.id, comment.id)).text;
    await client.deleteComment(project, task.id, comment.id);
    said.commentsLeft = (await client.getComments(project, task.id)).totalCount;
    const file = await client.createAttachment(null, Readable.from([Buffer.from("content ü")]), "note.txt", undefined, project);
    const attached = await update(task, link("AttachedFile", file, "a file"));
    const relation = attached.relations.find(one => one.rel === "AttachedFile");
    said.attached = [relation.attributes.name, relation.attributes.resourceSize, relation.url === file.url];
    said.content = await read(await client.getAttachmentContent(file.id, "note.txt", project, true));

    // Reports, tags, the recycle bin.
    const links = await client.getReportingLinksByLinkType(project);
    said.links = links.values.map(one => [one.rel, one.sourceId, one.targetId, one.isActive]);
    said.noMoreLinks = (await client.getReportingLinksByLinkType(project, undefined, undefined, links.continuationToken)).values.length;
    const page = await client.readReportingRevisionsGet(
        project, ["System.Title"], ["Epic"], undefined, undefined, false, false, false, true, undefined, false, 100);
    said.reported = page.values.map(one => [one.id, one.fields]);
    said.reportedByPost = (await client.readReportingRevisionsPost({ fields: ["System.Id"], includeLatestOnly: true }, project)).values
        .map(one => one.id);
    said.tags = (await client.getTags(project)).map(one => one.name);
    said.deleted = (await client.deleteWorkItem(story.id, project)).id;
    said.bin = (await client.getDeletedWorkItemShallowReferences(project)).map(one => one.id);
    said.inBin = (await client.getDeletedWorkItem(story.id, project)).name;
    said.restored = (await client.restoreWorkItem({ isDeleted: false }, story.id, project)).id;
    await client.deleteWorkItem(story.id, project);
    await client.destroyWorkItem(story.id, project);
    said.deleted = [await client.getWorkItem(story.id), (await client.getDeletedWorkItemShallowReferences(project)).length];

    // Stored queries, what a check-in would do, discussions, artifacts.
    const stored = await client.createQuery(
        { name: "Tasks", wiql: "SELECT [System.Id] FROM WorkItems WHERE [System.WorkItemType] = 'Task'" }, project, "Shared Queries");
    said.query = (await client.getQuery(project, stored.id, wit.QueryExpand.Wiql)).wiql.length > 0;
    said.queries = (await client.getQueries(project, wit.QueryExpand.None, 1)).map(one => [one.name, (one.children || []).map(child => child.name)]);
    said.queriesFound = (await client.searchQueries(project, "task")).value.map(one => one.name);
    said.ran = (await client.queryById(stored.id, { project })).workItems.map(one => one.id);
    said.renamed = (await client.updateQuery({ name: "All tasks" }, project, stored.id)).path;
    said.queryBatch = (await client.getQueriesBatch({ ids: [stored.id] }, project)).map(one => one.name);
    await client.deleteQuery(project, stored.id);
    said.queryDeleted = await client.getQuery(project, stored.id);
    said.checkin = (await client.getWorkItemNextStatesOnCheckinAction([task.id], "checkin")).map(one => one.id);
    said.artifactLinks = (await client.getWorkArtifactLinkTypes()).length > 0;
    said.discussions = (await client.readReportingDiscussions(project)).values.map(one => one.id);

    // Comments with their versions and reactions, tags, blank items, fields, areas and iterations that change.
    const discussed = await client.addComment({ text: "one" }, project, task.id);
    await client.updateComment({ text: "two" }, project, task.id, discussed.id);
    said.versions = (await client.getCommentVersions(project, task.id, discussed.id)).map(one => [one.version, one.text]);
    said.version = (await client.getCommentVersion(project, task.id, discussed.id, 1)).text;
    said.reaction = (await client.createCommentReaction(project, task.id, discussed.id, wit.CommentReactionType.Heart)).count;
    said.reactions = (await client.getCommentReactions(project, task.id, discussed.id)).map(one => [wit.CommentReactionType[one.type], one.count]);
    said.engaged = (await client.getEngagedUsers(project, task.id, discussed.id, wit.CommentReactionType.Heart)).length;
    said.unreacted = (await client.deleteCommentReaction(project, task.id, discussed.id, wit.CommentReactionType.Heart)).count;
    said.commentsBatch = (await client.getCommentsBatch(project, task.id, [discussed.id])).comments.map(one => one.text);
    const blank = await client.getWorkItemTemplate(project, "Bug");
    said.blank = [blank.id, blank.fields["System.State"], blank.fields["Microsoft.VSTS.Common.Severity"]];
    said.tag = (await client.getTag(project, "one")).name;
    said.tagRenamed = (await client.updateTag({ name: "uno" }, project, "one")).name;
    await client.deleteTag(project, "uno");
    said.tagsLeft = (await client.getTags(project)).length;
    said.typeFields = (await client.getWorkItemTypeFieldsWithReferences(project, "Task")).some(one => one.referenceName === "System.Title");
    said.category = (await client.getWorkItemTypeCategory(project, "Microsoft.TaskCategory")).defaultWorkItemType.name;
    said.dates = (await client.createOrUpdateClassificationNode(
        { name: "Sprint 9", attributes: { startDate: "2026-03-02T00:00:00Z", finishDate: "2026-03-13T00:00:00Z" } }, project, "iterations")).attributes.startDate;
    const area = await client.updateClassificationNode({ name: "Website" }, project, "areas", "Web");
    said.areaRenamed = area.path;
    said.nodes = (await client.getClassificationNodes(project, [area.id])).map(one => one.name);
    await client.deleteClassificationNode(project, "areas", "Website");
    said.areasLeft = ((await client.getClassificationNode(project, "areas", undefined, 1)).children || []).length;

    // Processes, and projects that come, change and go.
    const processes = await core.getProcesses();
    said.processes = processes.map(one => one.name);
    said.process = (await core.getProcessById(processes[0].id)).name;
    const queued = await core.queueCreateProject({
        name: "Driven", capabilities: { versioncontrol: { sourceControlType: "Git" }, processTemplate: { templateTypeId: processes[1].id } },
    });
    said.queued = queued.id.length;
    const driven = await core.getProject("Driven");
    await core.updateProject({ name: "Driven on", description: "Changed" }, driven.id);
    said.projectChanged = [(await core.getProject("Driven on")).description, (await client.getRootNodes("Driven on", 0))[0].name];
    await core.queueDeleteProject(driven.id);
    said.projectsLeft = (await core.getProjects()).map(one => one.name);

    const stranger = new api.WebApi(organization, api.getPersonalAccessTokenHandler("wrong"));
    said.stranger = await refusal(() => stranger.connect());
    console.log(JSON.stringify(said));
}

main().catch(error => {
    console.error(error);
    process.exitCode = 1;
});
