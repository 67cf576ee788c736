import type { Alarms } from '../../shared/operations/alarms.ts';
import type { Mappings } from '../../shared/operations/mappings.ts';
import type { Rewinds } from '../../shared/operations/rewind.ts';
import { OperatorError, type Target, type TargetRegion } from '../../shared/operations/target.ts';

export interface TargetOptions {
  /** Absent: the pipeline that runs on this machine. */
  readonly stage?: string;
}

/**
 * A shell names its stage once, in TRIBUTARY_STAGE, and every command of a runbook is about it; without it, or with
 * `laptop`, commands are about the pipeline on this machine.
 */
export function chosenStage({ stage = process.env.TRIBUTARY_STAGE }: TargetOptions): string | undefined {
  return stage === undefined || stage === '' || stage === laptop ? undefined : stage;
}

const laptop = 'laptop';

/** Loads only what the one or the other needs: the laptop's commands wait for no infrastructure. */
export async function chooseTarget(options: TargetOptions): Promise<Target> {
  const stage = chosenStage(options);
  if (stage !== undefined) return (await import('./stage.ts')).stageTarget(stage);
  return (await import('./laptop.ts')).laptopTarget();
}

/** All regions, or the one of this name. @throws {OperatorError} naming those that there are */
export function regionsOf(target: Target, name: string | undefined): readonly TargetRegion[] {
  const chosen = target.regions.filter((region) => name === undefined || region.name === name);
  if (chosen.length > 0) return chosen;
  const known = target.regions.map((region) => region.name).join(', ');
  throw new OperatorError(`${target.name} has no region "${name}". There are ${known}.`);
}

/** The mappings of the pipeline on this machine, or of a stage. */
export async function chooseMappings(options: TargetOptions): Promise<Mappings> {
  const stage = chosenStage(options);
  if (stage !== undefined) return (await import('./stage-mappings.ts')).stageMappings(stage);
  const [{ runningPipeline }, { laptopMappings }] = await Promise.all([
    import('./laptop.ts'),
    import('./laptop-mappings.ts'),
  ]);
  return laptopMappings(runningPipeline().controlUrl);
}

/** The alarms of the pipeline on this machine, or of a stage. */
export async function chooseAlarms(options: TargetOptions): Promise<Alarms> {
  const stage = chosenStage(options);
  if (stage !== undefined) return (await import('./stage-alarms.ts')).stageAlarms(stage);
  const [{ runningPipeline }, { laptopAlarms }] = await Promise.all([
    import('./laptop.ts'),
    import('./laptop-alarms.ts'),
  ]);
  return laptopAlarms(runningPipeline().controlUrl);
}

/** @throws {OperatorError} for a stage: where a mapping starts cannot be changed, and it belongs to its deployment */
export async function chooseRewinds(options: TargetOptions): Promise<Rewinds> {
  if (chosenStage(options) === undefined) {
    const [{ runningPipeline }, { laptopMappings }] = await Promise.all([
      import('./laptop.ts'),
      import('./laptop-mappings.ts'),
    ]);
    return laptopMappings(runningPipeline().controlUrl);
  }
  throw new OperatorError(
    'Where a mapping of a stage reads cannot be changed. To take its records to the consumer again: `npx tributary ' +
      'capture --since TIME --records 100000 --consumer CONSUMER --region REGION --show-pii --out again`, then ' +
      '`npx tributary replay again/*.jsonl --apply --region REGION`. Files of the archive do as well.',
  );
}
