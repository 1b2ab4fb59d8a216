// Drives the sandbox's Jira with jira.js, as published on npm: node drive.mjs <area> <host> <email> <token>
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { AgileClient, Version2Client, Version3Client } from 'jira.js';

const [area, host, email, apiToken] = process.argv.slice(2);
const config = { host, authentication: { basic: { email, apiToken } } };
const jira = new Version3Client(config);
const jira2 = new Version2Client(config);

const create = async (summary, type = 'Task', more = {}) => (await jira.issues.createIssue({
  fields: { project: { key: 'SHOP' }, issuetype: { name: type }, summary, ...more },
})).key;

const link = (source, type, target) => jira.issueLinks.linkIssues({
  type: { name: type }, inwardIssue: { key: source }, outwardIssue: { key: target },
});

const refused = async (status, work) => {
  const error = await work().then(() => assert.fail('not refused'), (wrong) => wrong);
  assert.equal(error.status, status, String(error));
  return error.response ?? error;
};

// What no request of Jira sets up: workflows, screens, accounts.
const control = async (method, path, body) => {
  const answer = await fetch(new URL(`/sandbox/jira/${path}`, host), {
    method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' },
  });
  assert.ok(answer.ok, await answer.text());
};

const ended = async ({ taskId }) => {
  for (;;) {
    const task = await jira.issueBulkOperations.getBulkOperationProgress({ taskId });
    if (task.status !== 'RUNNING') {
      assert.equal(task.status, 'COMPLETE');
      return task;
    }
  }
};

const text = (words) => ({ type: 'doc', version: 1, content: [{ type: 'paragraph', content: [{ type: 'text', text: words }] }] });

const areas = {
  async site() {
    assert.equal((await jira.serverInfo.getServerInfo()).deploymentType, 'Cloud');
    assert.equal((await jira.myself.getCurrentUser()).emailAddress, email);
    const wrong = new Version3Client({ host, authentication: { basic: { email, apiToken: 'wrong' } } });
    await refused(401, () => wrong.myself.getCurrentUser());
    assert.deepEqual((await wrong.issueSearch.searchForIssuesUsingJqlEnhancedSearch({ jql: 'project = SHOP' })).issues, []);
    const mine = await jira.permissions.getMyPermissions({ permissions: 'LINK_ISSUES,EDIT_ISSUES' });
    assert.deepEqual(Object.values(mine.permissions).map((one) => one.havePermission), [true, true]);
    assert.ok((await jira.permissions.getAllPermissions()).permissions.LINK_ISSUES);
  },

  async configuration() {
    assert.deepEqual((await jira.projects.searchProjects()).values.map((one) => one.key), ['SHOP']);
    assert.equal((await jira.projects.getProject('SHOP')).name, 'Shop');
    assert.ok((await jira.issueFields.getFields()).some((one) => one.id === 'issuelinks'));
    assert.deepEqual((await jira.issueTypes.getIssueAllTypes()).map((one) => one.name), ['Epic', 'Story', 'Task', 'Bug', 'Sub-task']);
    assert.deepEqual((await jira.workflowStatuses.getStatuses()).map((one) => one.name), ['To Do', 'In Progress', 'Done']);
    assert.equal((await jira.issuePriorities.getPriorities()).length, 5);
    assert.equal((await jira.issueResolutions.getResolutions())[0].name, 'Done');
    const types = await jira.issues.getCreateIssueMetaIssueTypes({ projectIdOrKey: 'SHOP' });
    assert.equal(types.total, 5);
    const fields = await jira.issues.getCreateIssueMetaIssueTypeId({ projectIdOrKey: 'SHOP', issueTypeId: types.issueTypes[0].id });
    assert.ok(fields.fields.some((one) => one.fieldId === 'summary' && one.required));
  },

  async search() {
    for (let number = 1; number <= 5; number++) {
      await create(`Issue ${number}`);
    }

    const keys = [];
    for (let page = {}; !page.isLast;) {
      page = await jira.issueSearch.searchForIssuesUsingJqlEnhancedSearchPost({
        jql: 'project = SHOP ORDER BY key', maxResults: 2, fields: ['summary'], nextPageToken: page.nextPageToken,
      });
      keys.push(...page.issues.map((one) => one.key));
    }

    assert.deepEqual(keys, ['SHOP-1', 'SHOP-2', 'SHOP-3', 'SHOP-4', 'SHOP-5']);
    const byGet = await jira.issueSearch.searchForIssuesUsingJqlEnhancedSearch({
      jql: 'key in (SHOP-1, SHOP-2)', fields: ['summary', 'status'], expand: 'names',
    });
    assert.deepEqual(byGet.issues.map((one) => one.fields.summary), ['Issue 2', 'Issue 1']);
    assert.equal(byGet.names.summary, 'Summary');
    assert.equal((await jira.issueSearch.countIssues({ jql: 'project = SHOP' })).count, 5);
    const some = await jira.issues.bulkFetchIssues({ issueIdsOrKeys: ['SHOP-3', 'SHOP-99', 'SHOP-1'], fields: ['summary'] });
    assert.deepEqual(some.issues.map((one) => one.key), ['SHOP-1', 'SHOP-3']);
    await refused(400, () => jira.issueSearch.searchForIssuesUsingJqlEnhancedSearch({ jql: 'order by key' }));
    await refused(410, () => jira.issueSearch.searchForIssuesUsingJql({ jql: 'project = SHOP' }));
  },

  async issues() {
    const key = await create('Old', 'Story', { description: text('Words'), labels: ['web'] });
    await jira.issues.editIssue({ issueIdOrKey: key, fields: { summary: 'New' }, update: { labels: [{ add: 'pay' }] } });
    const read = await jira.issues.getIssue({ issueIdOrKey: key, expand: 'renderedFields' });
    assert.equal(read.fields.summary, 'New');
    assert.deepEqual(read.fields.labels, ['web', 'pay']);
    assert.deepEqual(read.fields.description, text('Words'));
    assert.equal(read.renderedFields.description, '<p>Words</p>\n');
    assert.equal((await jira2.issues.getIssue({ issueIdOrKey: key })).fields.description, 'Words');
    const done = (await jira.issues.getTransitions({ issueIdOrKey: key })).transitions.find((one) => one.to.name === 'Done');
    await jira.issues.doTransition({ issueIdOrKey: key, transition: { id: done.id } });
    assert.equal((await jira.issues.getIssue({ issueIdOrKey: key })).fields.resolution.name, 'Done');
    const several = await jira.issues.createIssues({
      issueUpdates: ['A', 'B'].map((summary) => ({ fields: { project: { key: 'SHOP' }, issuetype: { name: 'Task' }, summary } })),
    });
    assert.equal(several.issues.length, 2);
    const wrong = await refused(400, () => create(''));
    assert.match(JSON.stringify(wrong), /You must specify a summary/);
    await jira.issues.deleteIssue({ issueIdOrKey: key });
    await refused(404, () => jira.issues.getIssue({ issueIdOrKey: key }));
  },

  async links() {
    const [one, two] = [await create('One'), await create('Two')];
    assert.equal((await jira.issueLinkTypes.getIssueLinkTypes()).issueLinkTypes.length, 4);
    await link(one, 'Blocks', two);
    await link(one, 'Blocks', two);
    const source = (await jira.issues.getIssue({ issueIdOrKey: one })).fields.issuelinks;
    const target = (await jira.issues.getIssue({ issueIdOrKey: two })).fields.issuelinks;
    assert.equal(source.length, 1);
    assert.equal(source[0].outwardIssue.key, two);
    assert.equal(target[0].inwardIssue.key, one);
    assert.equal(source[0].id, target[0].id);
    assert.equal((await jira.issueLinks.getIssueLink({ linkId: source[0].id })).inwardIssue.key, one);
    await jira.issueLinks.deleteIssueLink({ linkId: source[0].id });
    await refused(404, () => jira.issueLinks.deleteIssueLink({ linkId: source[0].id }));
    await refused(404, () => link(one, 'Nonsense', two));
    await refused(400, () => link(one, 'Blocks', one));
  },

  async remoteLinks() {
    const issueIdOrKey = await create('One');
    const written = await jira.issueRemoteLinks.createOrUpdateRemoteIssueLink({
      issueIdOrKey, globalId: 'ado=7', relationship: 'mirrors', object: { url: 'http://x/7', title: 'Seven' },
    });
    const again = await jira.issueRemoteLinks.createOrUpdateRemoteIssueLink({
      issueIdOrKey, globalId: 'ado=7', object: { url: 'http://x/7', title: 'Again' },
    });
    assert.equal(again.id, written.id);
    const all = await jira.issueRemoteLinks.getRemoteIssueLinks({ issueIdOrKey });
    assert.deepEqual([all.length, all[0].object.title, all[0].relationship], [1, 'Again', undefined]);
    await jira.issueRemoteLinks.deleteRemoteIssueLinkByGlobalId({ issueIdOrKey, globalId: 'ado=7' });
    assert.deepEqual(await jira.issueRemoteLinks.getRemoteIssueLinks({ issueIdOrKey }), []);
  },

  async properties() {
    const issueIdOrKey = await create('One');
    await jira.issueProperties.setIssueProperty({ issueIdOrKey, propertyKey: 'mark', propertyValue: { workItem: 7 } });
    assert.deepEqual((await jira.issueProperties.getIssueProperty({ issueIdOrKey, propertyKey: 'mark' })).value, { workItem: 7 });
    assert.equal((await jira.issueProperties.getIssuePropertyKeys({ issueIdOrKey })).keys[0].key, 'mark');
    const found = await jira.issueSearch.searchForIssuesUsingJqlEnhancedSearchPost({
      jql: 'project = SHOP', fields: ['summary'], properties: ['mark'],
    });
    assert.deepEqual(found.issues[0].properties, { mark: { workItem: 7 } });
    await jira.issueProperties.deleteIssueProperty({ issueIdOrKey, propertyKey: 'mark' });
    await refused(404, () => jira.issueProperties.getIssueProperty({ issueIdOrKey, propertyKey: 'mark' }));
  },

  async comments() {
    const issueIdOrKey = await create('One');
    const added = await jira.issueComments.addComment({ issueIdOrKey, comment: text('First') });
    await jira.issueComments.updateComment({ issueIdOrKey, id: added.id, body: text('Changed') });
    const list = await jira.issueComments.getComments({ issueIdOrKey });
    assert.deepEqual([list.total, list.comments[0].body], [1, text('Changed')]);
    assert.equal((await jira2.issueComments.getComment({ issueIdOrKey, id: added.id })).body, 'Changed');
    await jira.issueComments.deleteComment({ issueIdOrKey, id: added.id });
    assert.equal((await jira.issueComments.getComments({ issueIdOrKey })).total, 0);
  },

  async attachments() {
    const issueIdOrKey = await create('One');
    const [added] = await jira.issueAttachments.addAttachment({
      issueIdOrKey, attachment: { filename: 'note.txt', file: Buffer.from('Hello'), mimeType: 'text/plain' },
    });
    assert.deepEqual([added.filename, added.size], ['note.txt', 5]);
    const content = await jira.issueAttachments.getAttachmentContent({ id: added.id });
    assert.equal(Buffer.from(content).toString(), 'Hello');
    assert.equal((await jira.issueAttachments.getAttachment({ id: added.id })).filename, 'note.txt');
    await jira.issueAttachments.removeAttachment({ id: added.id });
    await refused(404, () => jira.issueAttachments.getAttachment({ id: added.id }));
  },

  async history() {
    const [one, two] = [await create('One'), await create('Two')];
    await jira.issues.editIssue({ issueIdOrKey: one, fields: { summary: 'New' } });
    await link(one, 'Blocks', two);
    const log = await jira.issues.getChangeLogs({ issueIdOrKey: one });
    assert.deepEqual(log.values.map((entry) => entry.items[0].field), ['summary', 'Link']);
    const some = await jira.issues.getChangeLogsByIds({ issueIdOrKey: one, changelogIds: [Number(log.values[1].id)] });
    assert.equal(some.histories[0].items[0].toString, `This issue blocks ${two}`);
    const bulk = await jira.issues.getBulkChangelogs({ issueIdsOrKeys: [one, two], fieldIds: ['issuelinks'] });
    assert.equal(bulk.issueChangeLogs.length, 2);
  },

  async users() {
    const me = await jira.myself.getCurrentUser();
    assert.equal((await jira.users.getUser({ accountId: me.accountId })).displayName, me.displayName);
    assert.equal((await jira.userSearch.findUsers({ query: 'sandbox' }))[0].accountId, me.accountId);
    assert.equal((await jira.users.getAllUsers()).length, 1);
    const key = await create('Mine', 'Task', { assignee: { accountId: me.accountId } });
    assert.equal((await jira.issues.getIssue({ issueIdOrKey: key })).fields.assignee.accountId, me.accountId);
  },

  async jql() {
    const { queries } = await jira.jql.parseJqlQueries({ validation: 'strict', queries: ['project = SHOP AND labels = web', 'nonsense'] });
    assert.equal(queries[0].structure.where.operator, 'and');
    assert.equal(queries[1].errors.length, 1);
  },

  async lists() {
    const key = await create('One', 'Task', { labels: ['web', 'ads'] });
    assert.deepEqual((await jira.labels.getAllLabels()).values, ['ads', 'web']);
    assert.equal((await jira.status.search({ statusCategory: 'DONE' })).values[0].name, 'Done');
    assert.deepEqual((await jira.workflowStatusCategories.getStatusCategories()).map((one) => one.key), ['new', 'indeterminate', 'done']);
    const project = await jira.projects.getProject('SHOP');
    assert.equal((await jira.issueTypes.getIssueTypesForProject({ projectId: Number(project.id), level: -1 }))[0].name, 'Sub-task');
    const meta = await jira.issues.getCreateIssueMeta({ projectKeys: ['SHOP'], expand: 'projects.issuetypes.fields' });
    assert.ok(meta.projects[0].issuetypes[0].fields.summary.required);
    assert.ok((await jira.issues.getEditIssueMeta({ issueIdOrKey: key })).fields.summary);
    const expanded = await jira.issues.getIssue({ issueIdOrKey: key, expand: ['transitions', 'names'] });
    assert.equal(expanded.transitions.length, 3);
  },

  async versions() {
    const projectId = Number((await jira.projects.getProject('SHOP')).id);
    const made = await jira.projectVersions.createVersion({ name: '1.0', projectId });
    await create('One', 'Task', { fixVersions: [{ id: made.id }] });
    assert.equal((await jira.projectVersions.updateVersion({ id: made.id, name: '1.1', released: true })).name, '1.1');
    assert.equal((await jira.projectVersions.getProjectVersions('SHOP'))[0].released, true);
    assert.equal((await jira.projectVersions.getProjectVersionsPaginated({ projectIdOrKey: 'SHOP' })).total, 1);
    const component = await jira.projectComponents.createComponent({ name: 'Web', project: 'SHOP' });
    assert.equal((await jira.projectComponents.getComponent({ id: component.id })).name, 'Web');
    await jira.projectComponents.deleteComponent({ id: component.id });
    assert.deepEqual(await jira.projectComponents.getProjectComponents({ projectIdOrKey: 'SHOP' }), []);
  },

  async worklogs() {
    const issueIdOrKey = await create('One');
    const added = await jira.issueWorklogs.addWorklog({ issueIdOrKey, timeSpent: '1h 30m', comment: text('Did it') });
    assert.equal(added.timeSpentSeconds, 5400);
    await jira.issueWorklogs.updateWorklog({ issueIdOrKey, id: added.id, timeSpentSeconds: 60 });
    assert.equal((await jira.issueWorklogs.getIssueWorklog({ issueIdOrKey })).worklogs[0].timeSpent, '1m');
    await jira.issueWorklogs.deleteWorklog({ issueIdOrKey, id: added.id });
    assert.equal((await jira.issueWorklogs.getIssueWorklog({ issueIdOrKey })).total, 0);
  },

  async watchers() {
    const issueIdOrKey = await create('One');
    const { accountId } = await jira.myself.getCurrentUser();
    await jira.issueWatchers.addWatcher({ issueIdOrKey, accountId });
    assert.equal((await jira.issueWatchers.getIssueWatchers({ issueIdOrKey })).watchCount, 1);
    await jira.issueWatchers.removeWatcher({ issueIdOrKey, accountId });
    await jira.issueVotes.addVote({ issueIdOrKey });
    assert.equal((await jira.issueVotes.getVotes({ issueIdOrKey })).hasVoted, true);
    await jira.issues.assignIssue({ issueIdOrKey, accountId });
    await jira.issues.assignIssue({ issueIdOrKey, accountId: null });
    assert.equal((await jira.issues.getIssue({ issueIdOrKey })).fields.assignee, null);
  },

  async sprints() {
    const agile = new AgileClient(config);
    const board = (await agile.board.getAllBoards()).values[0];
    const sprint = await agile.sprint.createSprint({ name: 'Sprint 1', originBoardId: board.id });
    const key = await create('One');
    await agile.sprint.moveIssuesToSprintAndRank({ sprintId: sprint.id, issues: [key] });
    await agile.sprint.partiallyUpdateSprint({ sprintId: sprint.id, state: 'active' });
    assert.equal((await agile.board.getAllSprints({ boardId: board.id, state: 'active' })).values[0].name, 'Sprint 1');
    const found = await jira.issueSearch.searchForIssuesUsingJqlEnhancedSearch({ jql: 'sprint in openSprints()', fields: ['*all'] });
    assert.deepEqual(found.issues[0].fields.customfield_10020.map((one) => one.state), ['active']);
  },

  async writing() {
    const created = await jira.issues.createIssues({
      issueUpdates: ['A', '', 'C'].map((summary) => ({
        fields: { project: { key: 'SHOP' }, issuetype: { name: 'Task' }, summary }, properties: [{ key: 'nonce', value: `n${summary}` }],
      })),
    });
    assert.deepEqual(created.issues.map((one) => one.key).sort(), ['SHOP-1', 'SHOP-2']);
    assert.deepEqual([created.errors[0].failedElementNumber, created.errors[0].status], [1, 400]);
    const read = await jira.issues.bulkFetchIssues({ issueIdsOrKeys: ['SHOP-1', 'SHOP-2'], fields: ['summary'], properties: ['nonce'] });
    assert.deepEqual(read.issues.map((one) => one.properties.nonce), ['nA', 'nC']);
    const edited = await jira.issues.editIssue({
      issueIdOrKey: 'SHOP-1', notifyUsers: false, returnIssue: true, fields: { summary: 'B' }, properties: [{ key: 'base', value: { counter: 1 } }],
    });
    assert.deepEqual(edited.fields, { summary: 'B' });
    assert.deepEqual((await jira.issueProperties.getIssueProperty({ issueIdOrKey: 'SHOP-1', propertyKey: 'base' })).value, { counter: 1 });
    const moved = await jira.issues.createIssue({
      fields: { project: { key: 'SHOP' }, issuetype: { name: 'Task' }, summary: 'Moved' }, transition: { id: '31' },
    });
    assert.equal(moved.transition.status, 200);
    const mine = await jira.permissions.getMyPermissions({ permissions: 'BULK_CHANGE,ASSIGN_ISSUES', projectKey: 'SHOP' });
    assert.deepEqual([mine.permissions.BULK_CHANGE.type, mine.permissions.ASSIGN_ISSUES.havePermission], ['GLOBAL', true]);
  },

  async transitions() {
    await control('PUT', 'workflows', [{
      issueTypes: ['Bug'],
      transitions: [
        { id: '5', name: 'Close', from: ['To Do'], to: 'Done', screen: ['resolution', 'labels'], required: ['resolution'] },
        { id: '6', name: 'Drop', from: ['To Do'], to: 'Done', condition: { assignee: true } },
      ],
    }]);
    await control('PUT', 'screens', [{ issueType: 'Bug', edit: ['*all', '-duedate'], required: ['labels'] }]);
    await refused(400, () => create('One', 'Bug'));
    const issueIdOrKey = await create('One', 'Bug', { labels: ['a'] });
    await refused(400, () => jira.issues.editIssue({ issueIdOrKey, fields: { duedate: '2026-04-01' } }));
    const { transitions } = await jira.issues.getTransitions({ issueIdOrKey, expand: 'transitions.fields', includeUnavailableTransitions: true });
    assert.deepEqual(transitions.map((one) => [one.id, one.isAvailable, Object.keys(one.fields)]), [['5', true, ['labels']], ['6', false, []]]);
    await refused(400, () => jira.issues.doTransition({ issueIdOrKey, transition: { id: '5' } }));
    await refused(400, () => jira.issues.doTransition({ issueIdOrKey, transition: { id: '6' } }));
    await jira.issues.doTransition({ issueIdOrKey, transition: { id: '5' }, fields: { resolution: { name: 'Done' } } });
    assert.equal((await jira.issues.getIssue({ issueIdOrKey })).fields.status.name, 'Done');
    const statuses = await jira.projects.getAllStatuses('SHOP');
    assert.deepEqual(statuses.find((one) => one.name === 'Bug').statuses.map((one) => one.name), ['To Do', 'Done']);
  },

  async bulk() {
    const keys = [await create('One'), await create('Two')];
    const issueIdsOrKeys = keys.join(',');
    const priority = (await jira.issuePriorities.getPriorities())[0];
    const offered = await jira.issueBulkOperations.getBulkEditableFields({ issueIdsOrKeys });
    assert.ok(offered.fields.some((one) => one.id === 'priority'));
    const edit = await jira.issueBulkOperations.submitBulkEdit({
      selectedIssueIdsOrKeys: keys, selectedActions: ['priority'], editedFieldsInput: { priority: { priorityId: priority.id } }, sendBulkNotification: false,
    });
    assert.equal((await ended(edit)).processedAccessibleIssues.length, 2);
    assert.equal((await jira.issues.getIssue({ issueIdOrKey: keys[1] })).fields.priority.name, priority.name);
    const { availableTransitions } = await jira.issueBulkOperations.getAvailableTransitions({ issueIdsOrKeys });
    assert.deepEqual([availableTransitions[0].issues, availableTransitions[0].isTransitionsFiltered], [keys, false]);
    const { transitionId } = availableTransitions[0].transitions.find((one) => one.to.statusName === 'Done');
    await ended(await jira.issueBulkOperations.submitBulkTransition({
      bulkTransitionInputs: [{ selectedIssueIdsOrKeys: keys, transitionId: String(transitionId) }],
    }));
    assert.equal((await jira.issues.getIssue({ issueIdOrKey: keys[0] })).fields.status.name, 'Done');
    await ended(await jira.issueBulkOperations.submitBulkDelete({ selectedIssueIdsOrKeys: keys }));
    await refused(404, () => jira.issues.getIssue({ issueIdOrKey: keys[0] }));
    await refused(400, () => jira.issueBulkOperations.submitBulkDelete({ selectedIssueIdsOrKeys: keys }));
  },

  async manyProperties() {
    const keys = [await create('One'), await create('Two')];
    const ids = (await jira.issues.bulkFetchIssues({ issueIdsOrKeys: keys, fields: ['summary'] })).issues.map((one) => Number(one.id));
    const marks = async () => (await jira.issues.bulkFetchIssues({ issueIdsOrKeys: keys, fields: ['summary'], properties: ['mark'] })).issues
      .map((one) => one.properties.mark);
    // The client follows the redirect, and lands on the task.
    const task = await jira.issueProperties.bulkSetIssuePropertiesByIssue({
      issues: ids.map((issueID, index) => ({ issueID, properties: { mark: index } })),
    });
    assert.equal(task.status, 'RUNNING');
    assert.equal((await jira.tasks.getTask({ taskId: task.id })).status, 'COMPLETE');
    assert.deepEqual(await marks(), [0, 1]);
    await jira.issueProperties.bulkSetIssuesProperties({ entitiesIds: ids, properties: { mark: 5 } });
    assert.deepEqual(await marks(), [5, 5]);
    await jira.issueProperties.bulkSetIssueProperty({ propertyKey: 'mark', value: 6, filter: { entityIds: [ids[0]] } });
    assert.deepEqual(await marks(), [6, 5]);
    await jira.issueProperties.bulkDeleteIssueProperty({ propertyKey: 'mark', entityIds: ids, currentValue: 6 });
    assert.deepEqual(await marks(), [undefined, 5]);
  },

  async commentProperties() {
    const issueIdOrKey = await create('One');
    const { id: commentId } = await jira.issueComments.addComment({ issueIdOrKey, comment: text('First') });
    await jira.issueCommentProperties.setCommentProperty({ commentId, propertyKey: 'mark', property: { nonce: 'n' } });
    assert.deepEqual((await jira.issueCommentProperties.getCommentProperty({ commentId, propertyKey: 'mark' })).value, { nonce: 'n' });
    const list = await jira.issueComments.getCommentsByIds({ ids: [Number(commentId)], expand: 'properties' });
    assert.deepEqual(list.values[0].properties, [{ key: 'mark', value: { nonce: 'n' } }]);
    await jira.issueCommentProperties.deleteCommentProperty({ commentId, propertyKey: 'mark' });
    assert.deepEqual((await jira.issueCommentProperties.getCommentPropertyKeys({ commentId })).keys, []);
  },

  async people() {
    await control('POST', 'accounts', { emailAddress: 'ann@example.com', displayName: 'Ann Archer', hidesAddress: true });
    const [ann] = await jira.userSearch.findUsers({ query: 'arch' });
    assert.equal(ann.emailAddress, undefined);
    assert.deepEqual(await jira.userSearch.findUsers({ query: 'ann@example.com' }), []);
    assert.equal((await jira.userSearch.findAssignableUsers({ query: 'ann', project: 'SHOP' }))[0].accountId, ann.accountId);
    assert.equal((await jira.userSearch.findBulkAssignableUsers({ query: 'ann', projectKeys: 'SHOP' })).length, 1);
    assert.equal((await jira.users.bulkGetUsers({ accountId: [ann.accountId] })).values[0].displayName, 'Ann Archer');
  },

  async webhooks() {
    const heard = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => { body += chunk; });
      request.on('end', () => {
        heard.push(JSON.parse(body));
        response.writeHead(204).end();
        server.emit('heard');
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const registered = await jira.webhooks.registerDynamicWebhooks({
      url: `http://127.0.0.1:${server.address().port}/`,
      webhooks: [{ events: ['jira:issue_created'], jqlFilter: 'project = SHOP' }],
    });
    const id = registered.webhookRegistrationResult[0].createdWebhookId;
    const received = once(server, 'heard');
    const key = await create('Sent');
    await received;
    assert.deepEqual([heard[0].webhookEvent, heard[0].issue.key], ['jira:issue_created', key]);
    assert.equal((await jira.webhooks.getDynamicWebhooksForApp()).values[0].id, id);
    await jira.webhooks.deleteWebhookById({ webhookIds: [id] });
    assert.equal((await jira.webhooks.getDynamicWebhooksForApp()).total, 0);
    server.close();
  },
};

if (!areas[area]) {
  throw new Error(`There is no area '${area}'; there are ${Object.keys(areas).join(', ')}.`);
}

await areas[area]();
