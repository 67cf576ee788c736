/**
 * `npm run images`: makes the images of the real engines where no registry can be reached. They hold the same programs
 * as the published ones and are started in the same way. What is here or can be fetched is not made.
 */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describeCommand, readArguments } from '../../local/command-line.ts';
import {
  ContainersUnavailable,
  chooseImage,
  containerRuntime,
  type EngineImage,
  engineImages,
} from '../../local/engines/containers/images.ts';
import { fetchDynamoDbLocal } from '../../local/engines/processes/dynamodb-local.ts';
import { findJava } from '../../local/engines/processes/java.ts';
import { fetchOpenSearch } from '../../local/engines/processes/opensearch.ts';
import { runCommand } from '../../local/engines/processes/run-command.ts';
import { debianBase } from './debian-base.ts';
import { contentOf, digestOf } from './image-content.ts';

/** What is put on top of the base image. */
interface Recipe {
  readonly image: EngineImage;
  /** Folder on this machine -> folder in the image. */
  readonly folders: readonly (readonly [string, string])[];
  readonly steps: readonly string[];
}

/** What local images are made for, whatever this machine compiles with; their base has that Java or a newer one. */
const javaMajor = 17;

const say = (line: string) => void process.stdout.write(`${line}\n`);

readArguments(
  describeCommand({
    name: 'npm run images --',
    description: 'Makes the images of the real engines that neither are here nor can be fetched.',
    examples: ['npm run images'],
  }),
);

for (const recipe of [await dynamoDbRecipe(), await searchRecipe()]) {
  const { client, content } = { client: await containerRuntime(), content: digestOf(recipe) };
  const { local } = recipe.image;
  const chosen = await chooseImage(recipe.image, {
    exists: async (name) => (name.string === local ? (await contentOf(local)) === content : client.image.exists(name)),
    pull: (name) => client.image.pull(name),
  }).catch((error: unknown) => {
    if (!(error instanceof ContainersUnavailable)) throw error;
    return undefined;
  });
  if (chosen === undefined) await make(recipe, content);
  say(`${recipe.image.engine}: ${chosen ?? local}`);
}

async function dynamoDbRecipe(): Promise<Recipe> {
  const { folder } = await fetchDynamoDbLocal();
  return {
    image: engineImages.dynamodb,
    folders: [[folder, '/opt/dynamodblocal']],
    steps: ['WORKDIR /opt/dynamodblocal', 'EXPOSE 8000', 'ENTRYPOINT ["java"]'],
  };
}

async function searchRecipe(): Promise<Recipe> {
  const { libraries, classes } = await fetchOpenSearch({ ...(await findJava()), major: javaMajor });
  const home = '/usr/share/opensearch';
  const start = `exec java $OPENSEARCH_JAVA_OPTS -cp "lib/*:classes" OpenSearchMain ${home}/data 0.0.0.0 9200`;
  return {
    image: engineImages.search,
    folders: [
      [libraries, `${home}/lib`],
      [classes, `${home}/classes`],
    ],
    steps: [`WORKDIR ${home}`, 'EXPOSE 9200', `CMD ${JSON.stringify(['sh', '-c', start])}`],
  };
}

async function make({ image, folders, steps }: Recipe, content: string): Promise<void> {
  const base = await debianBase(say);
  say(`Making ${image.local}`);
  const context = await mkdtemp(join(tmpdir(), 'tributary-image-'));
  try {
    const copies = folders.map(([from, to], place) => ({ from, place: `${place}-${basename(from)}`, to }));
    for (const { from, place } of copies) await cp(from, join(context, place), { recursive: true });
    const dockerfile = [`FROM ${base}`, ...copies.map(({ place, to }) => `COPY ${place} ${to}`), ...steps];
    await writeFile(join(context, 'Dockerfile'), `${dockerfile.join('\n')}\n`);
    const label = ['--label', `tributary.content=${content}`];
    await runCommand('docker', ['build', '--quiet', ...label, '--tag', image.local, context]);
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}
