import { DescribeStreamSummaryCommand, KinesisClient } from '@aws-sdk/client-kinesis';
import { kinesisSource } from '@tributary/event-source-mapping';
import { kinesisCalls } from '../../local/pipeline/stream-clients.ts';
import type { Feed } from '../../shared/operations/feed/feed.ts';
import { OperatorError } from '../../shared/operations/target.ts';
import { chosenStage, type TargetOptions } from './target.ts';

/** The Kinesis streams of the target's table: of every region, or of one. */
export async function chooseFeeds(options: TargetOptions & { readonly region?: string }): Promise<readonly Feed[]> {
  const stage = chosenStage(options);
  const streams = stage === undefined ? await laptopStreams() : await stageStreams(stage);
  const chosen = streams.filter(({ region }) => options.region === undefined || region === options.region);
  if (chosen.length === 0) {
    const known = streams.map(({ region }) => region).join(', ');
    throw new OperatorError(`There is no region "${options.region}". There are ${known}.`);
  }
  return Promise.all(chosen.map(openFeed));
}

interface Stream {
  readonly region: string;
  readonly name: string;
  readonly client: KinesisClient;
}

/** Reads nothing yet. */
export async function openFeed({ region, name, client }: Stream): Promise<Feed> {
  const summary = await client.send(new DescribeStreamSummaryCommand({ StreamName: name }));
  const arn = summary.StreamDescriptionSummary?.StreamARN ?? '';
  const invokeIdentityArn = 'arn:aws:iam::000000000000:role/tributary-operator';
  const source = kinesisSource({ client: kinesisCalls(client), streamArn: arn, region, invokeIdentityArn });
  return { ...source, region };
}

async function laptopStreams(): Promise<readonly Stream[]> {
  const [{ runningPipeline }, { createLocalKinesisClient }, { names }] = await Promise.all([
    import('./laptop.ts'),
    import('../../local/engines/kinesis-client.ts'),
    import('../../local/pipeline/names.ts'),
  ]);
  return runningPipeline().regions.map(({ name: region, endpoints }) => ({
    ...{ region, name: names.kinesisStream },
    client: createLocalKinesisClient({ endpoint: endpoints.kinesis, region }),
  }));
}

async function stageStreams(stage: string): Promise<readonly Stream[]> {
  const { stageStreamNames } = await import('./stage-streams.ts');
  return stageStreamNames(stage).map((each) => ({ ...each, client: new KinesisClient({ region: each.region }) }));
}
