import { flat } from '../wildcards.ts';
import type { SynthesizedStage } from './synthesize.ts';

/**
 * The properties by which CloudFormation takes a resource for another one: with a change of any of them, or of the
 * logical id, it makes the resource anew, without its data or its position.
 *
 * @see AWS CloudFormation Template Reference, "Update requires: Replacement" of each type
 */
const identifying: Readonly<Record<string, readonly string[]>> = {
  'AWS::DynamoDB::Table': ['TableName', 'KeySchema'],
  'AWS::DynamoDB::GlobalTable': ['TableName', 'KeySchema'],
  'AWS::Kinesis::Stream': ['Name'],
  'AWS::Kinesis::StreamConsumer': ['ConsumerName', 'StreamARN'],
  'AWS::Lambda::EventSourceMapping': ['EventSourceArn', 'StartingPosition', 'StartingPositionTimestamp'],
  'AWS::S3::Bucket': ['BucketName'],
  'AWS::SQS::Queue': ['QueueName', 'FifoQueue'],
  'AWS::OpenSearchService::Domain': ['DomainName'],
  'AWS::SES::ConfigurationSet': ['Name'],
  'AWS::SES::EmailIdentity': ['EmailIdentity'],
};

/** `stack/logical id` -> what identifies the resource, of everything that must never be made anew. */
export function identitiesOf(stage: SynthesizedStage): Readonly<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  const imported = exportsOf(stage);
  // What counts is the resource behind an import, not the name that CDK gave to the export.
  const text = (value: unknown): unknown => {
    const name = typeof value === 'object' && value !== null && 'Fn::ImportValue' in value && value['Fn::ImportValue'];
    return typeof name === 'string' ? imported.get(name) : Array.isArray(value) ? value : flat(value);
  };
  for (const [stack, { Resources }] of stage.templates) {
    for (const [id, { Type, Properties }] of Object.entries(Resources)) {
      const names = identifying[Type];
      if (names === undefined) continue;
      const present = names
        .filter((name) => Properties[name] !== undefined)
        .map((name) => [name, text(Properties[name])]);
      found[`${stack}/${id}`] = { Type, ...Object.fromEntries(present) };
    }
  }
  return found;
}

function exportsOf(stage: SynthesizedStage): ReadonlyMap<string, string> {
  const outputs = [...stage.templates].flatMap(([stack, template]) =>
    Object.values(template.Outputs ?? {}).map(
      (output) => [output.Export?.Name, `${stack} ${flat(output.Value)}`] as const,
    ),
  );
  return new Map(outputs.flatMap(([name, value]) => (name === undefined ? [] : [[name, value] as const])));
}
