import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findJava } from './java.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'java-home-'));
  mkdirSync(join(home, 'bin'));
});

afterEach(() => rmSync(home, { recursive: true }));

/** Puts a program into the home that answers `-version`, as Java does: on the error channel. */
function install(name: string, version: string): void {
  const file = join(home, 'bin', name);
  writeFileSync(file, `#!/bin/sh\necho 'openjdk version "${version}" 2026-01-01' >&2\n`);
  chmodSync(file, 0o755);
}

const find = () => findJava({ JAVA_HOME: home });
const remedy = /JDK, 17 or newer.*apt-get install openjdk-17-jdk-headless maven.*--engines embedded/;

describe('findJava', () => {
  it('takes the JDK of JAVA_HOME', async () => {
    install('java', '21.0.4');
    install('javac', '21.0.4');
    expect(await find()).toEqual({ command: join(home, 'bin/java'), compiler: join(home, 'bin/javac'), major: 21 });
  });

  it('says that Java is missing, and what to install', async () => {
    await expect(find()).rejects.toThrow(/^Java is missing: /);
    await expect(find()).rejects.toThrow(remedy);
  });

  it('says that it is too old, and what to install', async () => {
    install('java', '11.0.2');
    await expect(find()).rejects.toThrow(/^Java 11 is too old: /);
    await expect(find()).rejects.toThrow(remedy);
  });

  it('says that the compiler is missing, and what to install', async () => {
    install('java', '17.0.12');
    await expect(find()).rejects.toThrow(/^Java 17 is here without its compiler: /);
    await expect(find()).rejects.toThrow(remedy);
  });
});
