// The task as an agent runs it: inputs in the environment, logging commands on standard output. `node --test` after `npm ci --ignore-scripts`.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const task = JSON.parse(readFileSync(join(here, 'SyncJiraToBoards', 'task.json'), 'utf8'));

/** The environment of the task's process, as an agent sets it: inputs, and the job's variables. */
function environmentOf(inputs, temp, variables = {}) {
  const environment = { PATH: process.env.PATH, HOME: process.env.HOME, TF_BUILD: 'True', AGENT_TEMPDIRECTORY: temp, ...variables };
  for (const { name, defaultValue } of task.inputs) if (defaultValue) environment[`INPUT_${name.toUpperCase()}`] = defaultValue;
  for (const [name, value] of Object.entries(inputs)) environment[`INPUT_${name.toUpperCase()}`] = value;
  return environment;
}

/** Runs the task with inputs and returns its output. */
function run(inputs, script = join(here, 'SyncJiraToBoards', 'index.js'), variables = {}) {
  const temp = mkdtempSync(join(tmpdir(), 'task-'));
  try {
    const environment = environmentOf(inputs, temp, variables);
    const done = spawnSync(process.execPath, [script], { env: environment, cwd: temp, encoding: 'utf8' });
    return { output: done.stdout, errors: done.stderr, hasReport: existsSync(join(temp, 'jiraadosync.html')) };
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
}

const good = {
  jiraUri: 'https://contoso.atlassian.net', jiraToken: 'a-secret-token', jql: 'project = SHOP',
  organizationUri: 'https://dev.azure.com/contoso', project: 'Fabrikam', adoToken: 'another-secret',
};

/** What an agent shows: its library's own debug lines, which the agent masks, are left out. */
const shown = output => output.replace(/##vso\[task\.(setsecret|debug)\].*/g, '');

function refuses(inputs, words) {
  const { output } = run({ ...good, ...inputs });
  assert.match(output, /##vso\[task\.complete result=Failed;?\]/);
  assert.match(output, words);
  assert.doesNotMatch(shown(output), /a-secret-token|another-secret/);
}

test('an input that is missing is named', () => refuses({ jiraToken: '' }, /jiraToken/));
test('an address that is none is named', () => refuses({ jiraUri: 'contoso' }, /jiraUri is no address: 'contoso'/));
test('a mapping that is no JSON is named', () => refuses({ linkTypeMapping: '{blocks' }, /linkTypeMapping is no JSON/));
test('a mapping that is no table is named', () => refuses({ typeMapping: '["Story"]' }, /typeMapping is no table/));
test('a choice that there is not is named, with those there are', () =>
  refuses({ onConflict: 'Perhaps' }, /onConflict is 'Perhaps'\. It can be Degrade, Skip, Fail/));
test('a direction that there is not is named, with those there are', () =>
  refuses({ direction: 'Sideways' }, /direction is 'Sideways'\. It can be JiraToAdo, AdoToJira, Both/));
test('without an organisation the job\'s own is missed by name', () => refuses({ organizationUri: '' }, /System\.CollectionUri/));

test('the manifest has every input that the script reads, and its outputs', () => {
  const script = readFileSync(join(here, 'SyncJiraToBoards', 'index.js'), 'utf8');
  const read = new Set([...script.matchAll(/(?:getInput|getBoolInput|own|table|choice)\('(\w+)'/g)].map(match => match[1]));
  assert.deepEqual([...read].sort(), task.inputs.map(input => input.name).sort());
  assert.deepEqual(task.outputVariables.map(variable => variable.name), ['outcome', 'report']);
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  test(`a job that is cancelled by ${signal} leaves no shell behind`, { timeout: 60_000 }, async () => {
    const temp = mkdtempSync(join(tmpdir(), 'task-'));
    writeFileSync(join(temp, 'pwsh'), '#!/bin/sh\necho "shell $$"\nexec sleep 600\n', { mode: 0o755 });
    const environment = environmentOf(good, temp, { PATH: `${temp}${delimiter}${process.env.PATH}` });
    const running = spawn(process.execPath, [join(here, 'SyncJiraToBoards', 'index.js')], { env: environment, cwd: temp });
    const ended = once(running, 'exit');
    let shell;
    try {
      for await (const line of createInterface(running.stdout)) {
        shell = Number(/^shell (\d+)$/.exec(line)?.[1]);
        if (shell) break;
      }
      running.kill(signal);
      await ended;
      assert.throws(() => process.kill(shell, 0), { code: 'ESRCH' });
    } finally {
      running.kill('SIGKILL');
      rmSync(temp, { recursive: true, force: true });
    }
  });
}

/** A folder with a `pwsh`, as agents have one in their path: the shell of .config/dotnet-tools.json. */
function folderWithPwsh() {
  const dotnet = words => execFileSync('dotnet', words, { cwd: root, encoding: 'utf8' }).trim();
  dotnet(['tool', 'restore']);
  const shell = join(dotnet(['pwsh', '-NoProfile', '-Command', '$PSHOME']), 'pwsh.dll');
  const folder = mkdtempSync(join(tmpdir(), 'pwsh-'));
  writeFileSync(join(folder, 'pwsh'), `#!/bin/sh\nexec dotnet '${shell}' "$@"\n`, { mode: 0o755 });
  return folder;
}

/** Gives an issue and its work item, found by their present name, two different ones, as people do in a browser. */
async function renameOnBothSides(at, key, inJira, inAzureDevOps) {
  const send = async (uri, user, secret, method, type, body) => {
    const answer = await fetch(uri, {
      method, body: JSON.stringify(body),
      headers: { 'Content-Type': type, Authorization: `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}` },
    });
    assert.ok(answer.ok, `${method} ${uri}: ${answer.status} ${answer.ok ? '' : await answer.text()}`);
    return answer.status === 204 ? undefined : answer.json();
  };
  const jira = (method, path, body) => send(`${at.jira}/rest/api/2/${path}`, at.jiraUser, at.jiraToken, method, 'application/json', body);
  const ado = (method, path, type, body) => send(`${at.organization}/${path}?api-version=7.1`, '', at.adoToken, method, type, body);

  const { fields: { summary } } = await jira('GET', `issue/${key}?fields=summary`);
  const { workItems: [item] } = await ado('POST', `${at.project}/_apis/wit/wiql`, 'application/json',
    { query: `SELECT [System.Id] FROM WorkItems WHERE [System.Title] = '${summary.replaceAll("'", "''")}'` });
  await jira('PUT', `issue/${key}`, { fields: { summary: inJira } });
  await ado('PATCH', `_apis/wit/workitems/${item.id}`, 'application/json-patch+json',
    [{ op: 'add', path: '/fields/System.Title', value: inAzureDevOps }]);
}

test('it syncs on the sandbox, reports the outcome, and a second run changes nothing', { timeout: 300_000 }, async () => {
  execFileSync(process.execPath, [join(here, 'pack.mjs'), '--stage'], { stdio: 'inherit' });
  const pwsh = folderWithPwsh();
  const before = process.env.PATH;
  process.env.PATH = `${pwsh}${delimiter}${before}`;
  // The sandbox itself, and no `dotnet run`, which is another process than the one that it starts.
  const sandbox = spawn('dotnet', [join(root, 'src', 'JiraAdoSync.Sandbox', 'bin', 'Debug', 'net10.0', 'JiraAdoSync.Sandbox.dll'), 'serve'], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const [line] = await once(createInterface(sandbox.stdout), 'line');
    const at = JSON.parse(line);
    const script = join(root, 'output', 'extension', 'SyncJiraToBoards', 'index.js');
    const inputs = { jiraUri: at.jira, jiraUser: at.jiraUser, jiraToken: at.jiraToken, jql: 'project = SHOP' };
    // The organisation, the project and the token are the job's own.
    const job = { SYSTEM_COLLECTIONURI: at.organization, SYSTEM_TEAMPROJECT: at.project, SYSTEM_ACCESSTOKEN: at.adoToken };

    const plan = run({ ...inputs, planOnly: 'true' }, script, job);
    assert.match(plan.output, /Plan: 6 work items and 5 links to add\. Nothing is written yet\./, plan.output + plan.errors);

    const mapping = { linkTypeMapping: '{"blocks": "Successor", "relates to": "Related"}', typeMapping: '{"Story": ["Feature", "User Story"]}' };
    const first = run({ ...inputs, ...mapping }, script, job);
    assert.match(first.output, /variable=outcome;isoutput=true\]Changed/, first.output + first.errors);
    assert.match(first.output, /variable=workItemsCreate;isoutput=true\]6/);
    assert.match(first.output, /##vso\[task\.uploadsummary\].+\.md/);
    assert.match(first.output, /\+ Create +SHOP-1 +Feature/);
    assert.ok(first.hasReport);
    assert.doesNotMatch(first.output, /task\.complete result=(Failed|SucceededWithIssues)/);
    assert.doesNotMatch(shown(first.output), new RegExp(`${at.jiraToken}|${at.adoToken}`));

    const second = run({ ...inputs, ...mapping }, script, job);
    assert.match(second.output, /variable=outcome;isoutput=true\]NoChange/);

    // Both ways takes two keys, and the counts of Jira are output variables.
    const both = { ...inputs, ...mapping, direction: 'Both', wiql: '[System.Id] > 0', jiraProject: 'SHOP' };
    const oneKey = run(both, script, job);
    assert.match(oneKey.output, /Connect with -AllowWrite/, oneKey.output + oneKey.errors);
    assert.match(oneKey.output, /##vso\[task\.complete result=Failed;?\]/);
    const twoKeys = run({ ...both, allowWrite: 'true' }, script, job);
    assert.match(twoKeys.output, /variable=outcome;isoutput=true\](NoChange|Changed)/, twoKeys.output + twoKeys.errors);
    // What a rule of the process assigned when the first run moved the state is no conflict.
    assert.doesNotMatch(twoKeys.output, /\]Conflict: /);

    // Two people give one issue two names: neither is written over, and the job warns.
    await renameOnBothSides(at, 'SHOP-1', "Jira's name", "Azure DevOps' name");
    const met = run({ ...both, allowWrite: 'true' }, script, job);
    assert.match(met.output, /variable=conflicts;isoutput=true\]1\s/, met.output + met.errors);
    assert.match(met.output, /##vso\[task\.logissue type=warning[^\]]*\]Conflict: .*SHOP-1.*Jira's name/);
    assert.doesNotMatch(met.output, /task\.complete result=Failed/);

    const refused = run({ ...inputs, jiraToken: 'not-the-token' }, script, job);
    assert.match(refused.output, /##vso\[task\.logissue type=error\]/);
    assert.match(refused.output, /##vso\[task\.complete result=Failed;?\]The sync ended with exit code 1\./);
    assert.doesNotMatch(shown(refused.output) + refused.errors, new RegExp(`not-the-token|${at.adoToken}`));
  } finally {
    process.env.PATH = before;
    rmSync(pwsh, { recursive: true, force: true });
    sandbox.kill('SIGTERM');
    await once(sandbox, 'exit');
  }
});
