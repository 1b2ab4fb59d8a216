// Packs the extension into output/: the task, what it takes from npm, and the module as the build has staged it.
//
//   npm ci --ignore-scripts && node pack.mjs            # output/jiraadosync.jiraadosync-<version>.vsix
//   npm ci --ignore-scripts && node pack.mjs --stage    # output/extension only, as tests run it
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const output = join(root, 'output');
const stage = join(output, 'extension');
const task = join(stage, 'SyncJiraToBoards');
if (!existsSync(join(output, 'JiraAdoSync', 'JiraAdoSync.psd1'))) throw new Error('The module is not staged. Run: dotnet build');

const version = /ModuleVersion\s*=\s*'([\d.]+)'/.exec(readFileSync(join(root, 'JiraAdoSync.psd1'), 'utf8'))[1];
rmSync(stage, { recursive: true, force: true });
mkdirSync(stage, { recursive: true });
for (const name of ['SyncJiraToBoards', 'overview.md', 'vss-extension.json']) cpSync(join(here, name), join(stage, name), { recursive: true });
cpSync(join(root, 'LICENSE'), join(stage, 'LICENSE'));
cpSync(join(output, 'JiraAdoSync'), join(task, 'JiraAdoSync'), { recursive: true });

// The manifest of the module is the one source of the version.
const [Major, Minor, Patch] = version.split('.').map(Number);
edit(join(stage, 'vss-extension.json'), manifest => ({ ...manifest, version }));
edit(join(task, 'task.json'), manifest => ({ ...manifest, version: { Major, Minor, Patch } }));

for (const name of ['package.json', 'package-lock.json']) cpSync(join(here, name), join(task, name));
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
execFileSync(npm, ['ci', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund'], { cwd: task, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' });

if (!process.argv.includes('--stage')) {
  const tfx = join(here, 'node_modules', 'tfx-cli', '_build', 'tfx-cli.js');
  execFileSync(process.execPath, [tfx, 'extension', 'create', '--root', stage, '--manifest-globs', 'vss-extension.json', '--output-path', output, '--no-prompt'], { stdio: 'inherit' });
}

function edit(file, change) {
  writeFileSync(file, `${JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8'))), null, 2)}\n`);
}
