/** DynamoDB with Streams on this machine: dynoxide, a single binary that holds everything in memory or in one file. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { startChildProcess } from './child-process.ts';
import type { Engine } from './engine.ts';
import { loopbackHost } from './ports.ts';

// What dynoxide publishes and this launcher can supervise (a Unix shell is needed).
const supportedPlatforms = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];

export interface DynamoDbEngine extends Engine {
  /**
   * Deletes the items whose TTL has passed, as AWS does within days. Each deletion of the embedded engine carries the
   * service's `userIdentity` in the stream. Resolves with the number of deleted items, over all tables.
   */
  sweepExpiredItems(): Promise<number>;
}

/**
 * @param options.port where the DynamoDB and DynamoDB Streams APIs answer
 * @param options.sweepPort where the engine takes the order to sweep
 * @param options.databaseFile where it keeps everything, which a start after the end of the process finds again;
 *   in memory without it
 * @throws {Error} when there is no build for this platform, or it does not start within 10 s.
 */
export async function startDynamoDb(options: {
  port: number;
  sweepPort: number;
  databaseFile?: string;
}): Promise<DynamoDbEngine> {
  const { port, sweepPort, databaseFile } = options;
  const { binary, version } = findBinary(`${process.platform}-${process.arch}`);
  const url = `http://${loopbackHost}:${port}`;
  const sweepUrl = `http://${loopbackHost}:${sweepPort}/mcp`;
  const child = await startChildProcess({
    name: 'dynoxide',
    command: binary,
    args: [
      ...['serve', '--host', loopbackHost, '--port', String(port)],
      ...(databaseFile === undefined ? [] : ['--db-path', databaseFile]),
      // The sweep is reachable only through its tool server; both listen on loopback only.
      ...['--mcp', '--mcp-host', loopbackHost, '--mcp-port', String(sweepPort), '--mcp-no-auth'],
    ],
    // Any answer shows that the server is up, a refusal too.
    answers: async () => (await fetch(url)).status > 0 && (await fetch(sweepUrl)).status > 0,
    readyTimeoutMs: 60_000,
  });
  return {
    service: 'DynamoDB',
    backedBy: `dynoxide ${version}`,
    url,
    stop: () => child.stop(),
    sweepExpiredItems: () => sweep(sweepUrl),
  };
}

/** @throws {Error} saying which package to install when the platform's build is missing. Exported for its test. */
export function findBinary(platform: string): { binary: string; version: string } {
  if (!supportedPlatforms.includes(platform)) {
    throw new Error(
      `The embedded DynamoDB (dynoxide) cannot run on ${platform}: ` +
        `use ${supportedPlatforms.join(', ')}, or WSL on Windows.`,
    );
  }
  const require = createRequire(import.meta.url);
  let manifestPath: string;
  try {
    manifestPath = require.resolve(`@dynoxide/${platform}/package.json`);
  } catch (cause) {
    throw new Error(
      `The embedded DynamoDB (dynoxide) for ${platform} is not installed: run ` +
        `npm install --no-save @dynoxide/${platform}@${wantedVersion(require)}`,
      { cause },
    );
  }
  return { binary: join(dirname(manifestPath), 'dynoxide'), version: jsonField(manifestPath, ['version']) };
}

function wantedVersion(require: NodeJS.Require): string {
  return jsonField(require.resolve('../../package.json'), ['optionalDependencies', '@dynoxide/linux-x64']);
}

function jsonField(path: string, fields: readonly string[]): string {
  let value: unknown = JSON.parse(readFileSync(path, 'utf8'));
  for (const field of fields) value = (value as Record<string, unknown>)[field];
  return String(value);
}

async function sweep(url: string): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'sweep_ttl', arguments: {} },
    }),
  });
  const text = await response.text();
  const deleted = /\\"items_deleted\\":(\d+)/.exec(text)?.[1];
  if (deleted === undefined) throw new Error(`dynoxide did not sweep expired items (HTTP ${response.status}): ${text}`);
  return Number(deleted);
}
