import type { Limits } from '../../batch/sink.ts';
import type { SendingQuota } from '../../services/ses/port.ts';
import { dueIds } from './due.ts';
import { lanes } from './lane.ts';
import type { LedgerRow } from './ledger-row.ts';
import type { LedgerTable } from './row-update.ts';
import { type EmailPost, sendAttempt } from './send-attempt.ts';
import { attemptMarginMs, createSendGate, type SendGate } from './send-gate.ts';
import type { SilencePolicy } from './silence.ts';

export interface SettlerOptions {
  readonly post: EmailPost;
  readonly table: LedgerTable;
  readonly onSilence: SilencePolicy['onSilence'];
}

/**
 * One run of the settler: sends what is owed and due, within the account's rate and what remains of its daily quota,
 * and deals with attempts of which nothing was heard. Runs may overlap each other and the sink: an attempt is taken by
 * condition. What one row or lane fails with is thrown after everything else was seen to.
 *
 * @throws {PipelineError} when the ledger or the account's quota could not be read; the next run takes up the rest.
 */
export async function settle(options: SettlerOptions, limits: Limits): Promise<void> {
  const { email, clock } = options.post;
  const failures: unknown[] = [];
  // Silence is dealt with even when the account cannot be asked; sending is not.
  const quota = await email.quota().catch((error: unknown): SendingQuota => {
    // recovery: quota-not-known
    failures.push(error);
    return { enabled: false, maxPerSecond: 0, perDay: 0, remaining: 0 };
  });
  const gate = createSendGate({ clock, limits, quota });
  const nowMs = clock.nowMs();
  const runs = lanes.map(async (lane) => {
    for await (const id of dueIds({ ...options.table, lane, nowMs })) {
      if (limits.remainingMs() < attemptMarginMs) return;
      await settleRow(options, gate, id);
    }
  });
  for (const run of await Promise.allSettled(runs)) if (run.status === 'rejected') failures.push(run.reason);
  if (failures.length > 0) throw failures[0]; // recovery: settling-failed-in-part
}

async function settleRow(options: SettlerOptions, gate: SendGate, id: string): Promise<void> {
  const { post, onSilence } = options;
  const row = await post.ledger.read(id);
  if (row?.dueAtMs === undefined || row.dueAtMs > post.clock.nowMs()) return;
  if (row.state === 'sending' && onSilence === 'park') {
    // recovery: silent-mail-parked
    if (await post.ledger.finish(row, 'parked')) post.observe('parked');
    return;
  }
  await sendWithin(gate, post, row);
}

async function sendWithin(gate: SendGate, post: EmailPost, row: LedgerRow): Promise<void> {
  if (await gate.turn()) gate.note(await sendAttempt(post, row));
}
