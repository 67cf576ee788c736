import { table } from '../../functions/table.ts';
import { functionEnvironment } from '../../local/pipeline/function-environment.ts';
import { laptopRegistry } from '../../local/pipeline/laptop-registry.ts';
import { emailRegion, names } from '../../local/pipeline/names.ts';
import { findRunning, type RunningPipeline, type RunningRegion } from '../../local/running-pipeline.ts';
import { OperatorError, type Target, type TargetRegion } from '../../shared/operations/target.ts';
import { readConfig } from '../../shared/runtime/config.ts';
import { connectRegion } from './connect.ts';

/** @throws {OperatorError} when nothing runs here */
export function runningPipeline(): RunningPipeline {
  const running = findRunning();
  if (running !== undefined) return running;
  throw new OperatorError(
    'Nothing is running here: start the pipeline with `npm start`, or name a stage with --stage NAME.',
  );
}

/** The pipeline that runs on this machine. */
export function laptopTarget(): Target {
  return { name: 'laptop', regions: runningPipeline().regions.map(laptopRegion) };
}

function laptopRegion(running: RunningRegion): TargetRegion {
  const { name, replica, endpoints, queueUrl } = running;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const connected = connectRegion({ region: name, local: { endpoints, credentials } });
  const failures = { bucket: names.bucket, queueUrl };
  const consumers = laptopRegistry.filter(({ runsIn }) => runsIn !== 'emailRegion' || name === emailRegion);
  const configOf: TargetRegion['configOf'] = (definition) =>
    readConfig(definition, functionEnvironment({ definition, table, endpoints, region: name, replica, failures }));
  return {
    name,
    consumers,
    failures: connected.objects(names.bucket),
    notices: connected.queue(queueUrl),
    ...connected.ofTable(table.name),
    configOf,
    indexAdminOf: (definition) => connected.indexAdminOf(definition, configOf(definition)),
    connectionsOf: (definition) => connected.connectionsOf(definition, configOf(definition)),
    // The function bears the consumer's own name.
    consumerOf: (functionArn) => consumers.find((each) => functionArn.split(':')[6] === each.name)?.name,
  };
}
