import { runChapters } from './chapters.ts';
import type { DemoRun, WritePlan } from './demo-run.ts';

const leastFaultMs = 700;
/** A real engine that has just been started takes its time with the first requests. */
export const mostFaultMs = 30_000;

/** As fast as it goes: each fault is as short as it can be. */
export async function writeInChapters(
  { options, signal, say }: DemoRun,
  { sender, workload, chapters }: WritePlan,
): Promise<readonly string[]> {
  const { counts, steps } = workload;
  say(`Writing ${options.users} users with ${counts.edits} edits: ${counts.writes} writes ...`);
  const began = performance.now();
  const missed = await runChapters({
    chapters,
    steps,
    send: (share) => sender.send(share),
    leastMs: leastFaultMs,
    mostMs: mostFaultMs,
    signal,
    onChapter: (name) => say(`  ${name}`),
  });
  const seconds = (performance.now() - began) / 1000;
  const { unstamped } = sender.sent();
  say(`Wrote ${counts.writes} in ${seconds.toFixed(1)} s, ${unstamped} of them past the writer.`);
  return missed;
}
