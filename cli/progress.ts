import type { Clock } from '../shared/batch/clock.ts';

interface Progress {
  readonly region: string;
  readonly step: string;
  readonly done: number;
  readonly total?: number;
}

const everyMs = 1_000;

/** Tells of a step when it begins, then once a second with its rate and the time that is left. */
export function progressOn(
  out: { write(text: string): unknown },
  { nowMs }: Pick<Clock, 'nowMs'>,
): (progress: Progress) => void {
  let step = '';
  let beganMs = 0;
  let toldMs = 0;
  return (progress) => {
    const name = `${progress.region} ${progress.step}`;
    const isNew = name !== step;
    if (isNew) [step, beganMs] = [name, nowMs()];
    if (!isNew && nowMs() - toldMs < everyMs) return;
    toldMs = nowMs();
    out.write(`${describe(name, progress, nowMs() - beganMs)}\n`);
  };
}

function describe(name: string, { done, total }: Progress, elapsedMs: number): string {
  if (done === 0) return name;
  const perS = (done * 1000) / Math.max(1, elapsedMs);
  const rate = elapsedMs === 0 ? '' : `, ${perS.toFixed(0)}/s`;
  if (total === undefined || total <= done || elapsedMs === 0) return `${name}: ${done}${rate}`;
  return `${name}: ${done} of about ${total}${rate}, ${Math.ceil((total - done) / perS)} s left`;
}
