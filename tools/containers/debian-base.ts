/** An image of this machine's own distribution with Java, from its package mirror: no image registry is asked. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../local/engines/processes/run-command.ts';
import { contentOf, digestOf } from './image-content.ts';

const packages = ['default-jre-headless'];
/** What a container never reads, a third of its size. */
const leftOut = ['var/cache/apt', 'var/lib/apt/lists', 'usr/share/doc', 'usr/share/man', 'usr/share/locale'];

/** Answers the image's name; makes it when it is not here. @throws {Error} saying what is missing */
export async function debianBase(say: (line: string) => void): Promise<string> {
  const { ID: system = '', VERSION_CODENAME: suite = '' } = await osRelease();
  const image = `tributary/base:${suite}`;
  const content = digestOf({ suite, packages, leftOut });
  if ((await contentOf(image)) === content) return image;
  const mirror = await mirrorOf(suite);
  say(`Making ${image} with ${packages.join(', ')} from the package mirror of this machine (${system} ${suite})`);
  const folder = await mkdtemp(join(tmpdir(), 'tributary-base-'));
  try {
    const include = `--include=${packages.join(',')}`;
    await runCommand('debootstrap', ['--variant=minbase', include, suite, folder, mirror]);
    const excludes = leftOut.map((path) => `--exclude=./${path}/*`);
    const pipe =
      'set -o pipefail; image=$1 label=$2; shift 2; tar "$@" -c . | docker import --change "$label" - "$image"';
    const label = `LABEL tributary.content=${content}`;
    await runCommand('bash', ['-c', pipe, 'import', image, label, '-C', folder, ...excludes]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return image;
}

/** Where this machine has its own packages of that suite from. */
async function mirrorOf(suite: string): Promise<string> {
  const format = ['--format', '$(SITE) $(CODENAME)', 'Created-By: Packages'];
  const targets = await runCommand('apt-get', ['indextargets', ...format]);
  const site = targets
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, codename]) => codename === suite)?.[0];
  if (site === undefined) {
    throw new Error(
      `The package sources of this machine have no suite "${suite}": local images need Debian or Ubuntu.`,
    );
  }
  return site;
}

async function osRelease(): Promise<Partial<Record<string, string>>> {
  const text = await readFile('/etc/os-release', 'utf8').catch((cause: unknown) => {
    throw new Error('Local images are made on Debian or Ubuntu only: there is no /etc/os-release here.', { cause });
  });
  return Object.fromEntries(
    text
      .split('\n')
      .map((line) => /^(\w+)="?(.*?)"?$/.exec(line))
      .flatMap((match) => (match === null ? [] : [[match[1], match[2]]])),
  );
}
