import type { Clock } from '../../shared/batch/clock.ts';
import type { Check } from './check.ts';
import { checks } from './checks.ts';
import { type Evidence, isComplete, readEvidence, type StoredObject } from './evidence.ts';
import { type ProbeItem, writes } from './scenario.ts';

/** An account of AWS, as far as the verification needs one. */
export interface Cloud {
  /** Makes the stage, and returns when its mappings read. */
  deploy(): Promise<void>;
  /** Writes items at once. */
  put(items: readonly ProbeItem[]): Promise<void>;
  /** What probes have kept so far. */
  recordings(): Promise<readonly StoredObject[]>;
  /** What mappings have given up on so far. */
  failures(): Promise<readonly StoredObject[]>;
  /** Removes the stage, and all that it kept. */
  destroy(): Promise<void>;
}

export interface VerifyOptions {
  readonly cloud: Cloud;
  readonly clock: Clock;
  readonly say: (line: string) => void;
  /** How long to wait for the evidence. */
  readonly patienceMs: number;
}

export interface Finding {
  readonly check: Check;
  readonly problems: readonly string[];
  readonly seen: string;
}

export interface Verdict {
  readonly findings: readonly Finding[];
  readonly evidence: Evidence;
  /** False when time was up before all had happened: what is missing is no proof of anything. */
  readonly complete: boolean;
}

const pauseMs = 10_000;

/** Deploys, writes, waits, judges. Whatever happens, what was deployed is destroyed. */
export async function verify(options: VerifyOptions): Promise<Verdict> {
  const { cloud, say } = options;
  try {
    say('Deploying the stage of probes.');
    await cloud.deploy();
    for (const items of writes) await cloud.put(items);
    say('Written. Waiting for retries, the end of a window and failure objects.');
    const evidence = await collect(options);
    const findings = checks.map((check) => ({ check, ...check.judge(evidence) }));
    return { findings, evidence, complete: isComplete(evidence) };
  } finally {
    say('Destroying the stage of probes.');
    await cloud.destroy();
  }
}

async function collect({ cloud, clock, patienceMs }: VerifyOptions): Promise<Evidence> {
  const deadlineMs = clock.nowMs() + patienceMs;
  for (;;) {
    const [recordings, failures] = await Promise.all([cloud.recordings(), cloud.failures()]);
    const evidence = readEvidence({ recordings, failures });
    if (isComplete(evidence) || clock.nowMs() >= deadlineMs) return evidence;
    await clock.sleep(pauseMs);
  }
}

/** For people: what holds, what does not, and what was seen. */
export function describeVerdict({ findings, complete }: Verdict): readonly string[] {
  const lines = findings.flatMap(({ check, problems, seen }) => [
    `${problems.length === 0 ? 'ok      ' : 'DIFFERS '}${check.name}`,
    `        seen: ${seen}`,
    ...problems.slice(0, 5).map((problem) => `        ${problem}`),
    ...(problems.length === 0 ? [] : [`        ${check.source}`]),
  ]);
  const late = 'Time was up before all had happened that is looked at: run it again before you believe a DIFFERS.';
  return complete ? lines : [...lines, late];
}
