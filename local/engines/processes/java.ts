import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cached } from './cache.ts';
import { CommandFailure, runCommand } from './run-command.ts';

/** What both engines need at least. */
const leastMajor = 17;

export interface Java {
  readonly command: string;
  readonly compiler: string;
  /** e.g. 17 */
  readonly major: number;
}

/** The JDK of JAVA_HOME, else of the PATH. @throws {Error} saying what to install when it is missing or too old. */
export async function findJava(env: Readonly<Record<string, string | undefined>> = process.env): Promise<Java> {
  const program = (name: string) => (env.JAVA_HOME ? join(env.JAVA_HOME, 'bin', name) : name);
  const command = program('java');
  const compiler = program('javac');
  const said = await runCommand(command, ['-version']).catch((cause: unknown) => {
    throw new Error(`Java is missing: ${remedy}`, { cause });
  });
  const major = Number(/version "(\d+)/.exec(said)?.[1] ?? 0);
  if (major < leastMajor) throw new Error(`Java ${major} is too old: ${remedy}`);
  await runCommand(compiler, ['-version']).catch((cause: unknown) => {
    throw new Error(`Java ${major} is here without its compiler: ${remedy}`, { cause });
  });
  return { command, compiler, major };
}

const remedy =
  'real engines as processes need a JDK, 17 or newer, on the PATH or in JAVA_HOME. Install one ' +
  '(Debian, Ubuntu: apt-get install openjdk-17-jdk-headless maven; macOS: brew install openjdk@21 maven), ' +
  'or stay with --engines embedded.';

/** Compiles one of the sources beside this file, for that Java or a newer one; answers the folder of its classes. */
export async function compileJava(
  java: Java,
  { name, classpath }: { readonly name: string; readonly classpath?: string },
): Promise<string> {
  const source = fileURLToPath(new URL(`./${name}.java`, import.meta.url));
  const digest = createHash('sha256').update(await readFile(source));
  // Classes of a newer Java do not run on an older one.
  const version = digest
    .update(JSON.stringify([classpath ?? '', java.major]))
    .digest('hex')
    .slice(0, 12);
  return cached(`${name}-${version}`, async (folder) => {
    const libraries = classpath === undefined ? [] : ['-cp', classpath];
    await runCommand(java.compiler, ['--release', String(java.major), ...libraries, '-d', folder, source]);
  });
}

/**
 * Fetches the jars of one Maven artifact and all that it depends on into `folder`.
 *
 * @throws {Error} saying what to install when there is no Maven
 */
export async function fetchJars(
  folder: string,
  artifact: { readonly group: string; readonly name: string; readonly version: string },
): Promise<void> {
  const { group, name, version } = artifact;
  const copy = ['-q', '-B', 'dependency:copy-dependencies', `-DoutputDirectory=${join(folder, 'lib')}`];
  const pom = join(folder, 'pom.xml');
  await writeFile(
    pom,
    [
      '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>',
      '<groupId>tributary</groupId><artifactId>engine</artifactId><version>1</version><dependencies><dependency>',
      `<groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version>`,
      '</dependency></dependencies></project>',
    ].join('\n'),
  );
  try {
    await runCommand('mvn', ['-f', pom, ...copy], { cwd: folder });
  } catch (cause) {
    if (cause instanceof CommandFailure && cause.isMissing) throw new Error(`Maven is missing: ${remedy}`, { cause });
    throw new Error(`${name} ${version} could not be fetched with Maven: see whether it reaches a repository`, {
      cause,
    });
  }
}
