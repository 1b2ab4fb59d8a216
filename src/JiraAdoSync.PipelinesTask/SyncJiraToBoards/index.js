'use strict';

// Reads and checks the task's inputs, and runs sync.ps1 in PowerShell 7 with them. Secrets go by environment, never by
// command line.
const path = require('node:path');
const tl = require('azure-pipelines-task-lib/task');

const choices = {
  unmapped: ['Error', 'Warn', 'Skip', 'Related'],
  onConflict: ['Degrade', 'Skip', 'Fail'],
  direction: ['JiraToAdo', 'AdoToJira', 'Both'],
};

function address(name, value) {
  if (!/^https?:\/\/[^\s/]+/i.test(value)) {
    throw new Error(`The input ${name} is no address: '${value}'. Give one such as https://contoso.atlassian.net.`);
  }
  return value;
}

function table(name) {
  const text = (tl.getInput(name) ?? '').trim();
  if (text === '') return '';
  let parsed;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new Error(`The input ${name} is no JSON: ${error.message}`);
  }
  if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed)) {
    throw new Error(`The input ${name} is no table. Give JSON such as {"blocks": "Successor"}.`);
  }
  return JSON.stringify(parsed);
}

function choice(name) {
  const value = tl.getInput(name) ?? choices[name][0];
  const found = choices[name].find(one => one.toLowerCase() === value.toLowerCase());
  if (!found) throw new Error(`The input ${name} is '${value}'. It can be ${choices[name].join(', ')}.`);
  return found;
}

/** The task's inputs, as sync.ps1 takes them from the environment. */
function inputs() {
  const own = (input, variable) => {
    const value = tl.getInput(input) || tl.getVariable(variable);
    if (!value) throw new Error(`The input ${input} is missing, and the job has no ${variable}.`);
    return value;
  };
  const jiraToken = tl.getInput('jiraToken', true);
  tl.setSecret(jiraToken);
  return {
    JIRA_URI: address('jiraUri', tl.getInput('jiraUri', true)),
    JIRA_USER: tl.getInput('jiraUser') ?? '',
    JIRA_TOKEN: jiraToken,
    JQL: tl.getInput('jql', true),
    ADO_ORGANIZATION: address('organizationUri', own('organizationUri', 'System.CollectionUri')),
    ADO_PROJECT: own('project', 'System.TeamProject'),
    ADO_TOKEN: tl.getInput('adoToken')
      || tl.getEndpointAuthorizationParameter('SystemVssConnection', 'AccessToken', true)
      || own('adoToken', 'System.AccessToken'),
    LINK_TYPE_MAPPING: table('linkTypeMapping'),
    TYPE_MAPPING: table('typeMapping'),
    UNMAPPED: choice('unmapped'),
    ON_CONFLICT: choice('onConflict'),
    DIRECTION: choice('direction'),
    ALLOW_WRITE: String(tl.getBoolInput('allowWrite')),
    WIQL: tl.getInput('wiql') ?? '',
    JIRA_PROJECT: tl.getInput('jiraProject') ?? '',
    PRUNE: String(tl.getBoolInput('prune')),
    PLAN_ONLY: String(tl.getBoolInput('planOnly')),
    REPORT: path.join(tl.getVariable('Agent.TempDirectory') ?? tl.cwd(), 'jiraadosync.html'),
  };
}

async function run() {
  try {
    const environment = inputs();
    const pwsh = tl.which('pwsh', false);
    if (!pwsh) throw new Error('PowerShell 7 is not on this agent. Install it, or use one of Microsoft\'s agents.');
    const shell = tl.tool(pwsh).arg(['-NoProfile', '-NonInteractive', '-File', path.join(__dirname, 'sync.ps1')]);
    // The agent cancels a job by a signal to this process only.
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => shell.killChildProcess(signal));
    const code = await shell.execAsync({ env: { ...process.env, ...environment }, ignoreReturnCode: true });
    tl.setVariable('report', environment.REPORT, false, true);
    // The module has reported the result of the run already; a code is for what kept it from running.
    if (code !== 0) tl.setResult(tl.TaskResult.Failed, `The sync ended with exit code ${code}.`);
  } catch (error) {
    tl.setResult(tl.TaskResult.Failed, error.message);
  }
}

run();
