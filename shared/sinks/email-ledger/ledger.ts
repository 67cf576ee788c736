import type { Clock, Random } from '../../batch/clock.ts';
import { classifyLedgerError, refusedCondition } from './classify.ts';
import { laneOf } from './lane.ts';
import { type Attempt, type EmailState, type LedgerRow, type OwedEmail, rowOf } from './ledger-row.ts';
import { asRead, held, inOneOf, type LedgerTable, type RowUpdate, updateRow } from './row-update.ts';

/**
 * The ledger's rows and the only ways in which they change. Every write has a condition under which a repetition or a
 * late arrival (of an invocation long dead) does nothing. All methods throw a `PipelineError`.
 */
export interface Ledger {
  /** Undefined when the id is already owed: by another record, another region, or an earlier delivery of this one. */
  reserve(email: OwedEmail, dueAtMs: number): Promise<LedgerRow | undefined>;
  /** Consistent. */
  read(id: string): Promise<LedgerRow | undefined>;
  /** The right to call SES once, if the row is still as `row` was read; undefined when somebody else moved it. */
  take(row: LedgerRow): Promise<Attempt | undefined>;
  /** SES did not take the mail of this attempt: another may be taken from `dueAtMs` on. */
  refuse(attempt: Attempt, refusal: { readonly code: string; readonly dueAtMs: number }): Promise<void>;
  /** SES will never take the mail. */
  reject(attempt: Attempt, code: string): Promise<void>;
  /** Nothing was heard of the attempt, or the address must not be written to. False when the row has moved. */
  finish(row: LedgerRow, state: 'parked' | 'suppressed'): Promise<boolean>;
  /** SES is known to have the mail (by its reply or by an event), whatever the row says. False: known already. */
  advance(id: string, news: EmailNews): Promise<boolean>;
  /**
   * A person has made sure that a parked or rejected mail never went out: it is owed again, at once. False when the row
   * is in another state, for instance because a late event has told that the mail did go out.
   */
  release(id: string): Promise<boolean>;
}

export interface EmailNews {
  readonly state: 'sent' | 'rejected' | 'delivered' | 'bounced' | 'complained';
  readonly messageId: string;
}

export interface LedgerOptions extends LedgerTable {
  readonly clock: Clock;
  readonly random: Random;
  /** An attempt of which nothing is heard for so long is silent: the settler looks at it then. */
  readonly silenceMs: number;
}

export function createLedger(options: LedgerOptions): Ledger {
  const update = (write: RowUpdate) => updateRow(options, write);
  return {
    reserve: (email, dueAtMs) => reserve(options, email, dueAtMs),
    read: (id) => read(options, id),
    take: (row) => take(options, row),
    refuse: async (attempt, refusal) => void (await update(refusing(attempt, refusal))),
    reject: async (attempt, code) => void (await update(rejecting(attempt, code))),
    finish: (row, state) => update(finishing(row, state, token(options.random))),
    advance: (id, news) => update(advancing(id, news)),
    release: (id) => update(releasing(id, options.clock.nowMs())),
  };
}

async function reserve(options: LedgerOptions, email: OwedEmail, dueAtMs: number): Promise<LedgerRow | undefined> {
  const { id, to, subject, text, html } = email;
  const row: LedgerRow = {
    id,
    to,
    subject,
    text,
    html,
    state: 'reserved',
    attempt: 0,
    owner: token(options.random),
    dueAtMs,
  };
  try {
    await options.dynamodb.putItem({
      TableName: options.tableName,
      Item: {
        id: { S: id },
        to: { S: to },
        subject: { S: subject },
        text: { S: text },
        html: { S: html },
        state: { S: row.state },
        attempt: { N: String(row.attempt) },
        owner: { S: row.owner },
        reservedAtMs: { N: String(options.clock.nowMs()) },
        lane: { S: laneOf(id) },
        dueAtMs: { N: String(dueAtMs) },
      },
      // A waiver is about a mail of which nobody knows: it takes none from anybody.
      ConditionExpression: 'attribute_not_exists(id) OR #state = :waived',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':waived': { S: 'waived' } },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    return row;
  } catch (error) {
    const refused = refusedCondition(error);
    if (refused === undefined) throw classifyLedgerError('reserving', error);
    return refused.owner === row.owner ? row : undefined; // recovery: already-owed
  }
}

async function read({ dynamodb, tableName }: LedgerTable, id: string): Promise<LedgerRow | undefined> {
  try {
    const { Item } = await dynamodb.getItem({ TableName: tableName, Key: { id: { S: id } }, ConsistentRead: true });
    return Item === undefined ? undefined : rowOf(Item);
  } catch (error) {
    throw classifyLedgerError('reading a row', error);
  }
}

async function take(options: LedgerOptions, row: LedgerRow): Promise<Attempt | undefined> {
  const takenAtMs = options.clock.nowMs();
  const attempt: Attempt = { email: row, number: row.attempt + 1, owner: token(options.random), takenAtMs };
  const taken = await updateRow(options, {
    step: 'taking an attempt',
    id: row.id,
    set:
      'SET #state = :sending, #attempt = :number, #owner = :owner, #attemptedAtMs = :now, #lane = :lane, ' +
      '#dueAtMs = :due REMOVE #code',
    condition: asRead(row),
    values: {
      ':sending': { S: 'sending' },
      ':number': { N: String(attempt.number) },
      ':owner': { S: attempt.owner },
      ':now': { N: String(takenAtMs) },
      ':lane': { S: laneOf(row.id) },
      ':due': { N: String(takenAtMs + options.silenceMs) },
    },
    ownToken: attempt.owner,
  });
  return taken ? attempt : undefined;
}

function refusing(attempt: Attempt, refusal: { readonly code: string; readonly dueAtMs: number }): RowUpdate {
  return {
    step: 'recording a refusal',
    id: attempt.email.id,
    set: 'SET #state = :refused, #code = :code, #dueAtMs = :due',
    condition: held(attempt),
    values: { ':refused': { S: 'refused' }, ':code': { S: refusal.code }, ':due': { N: String(refusal.dueAtMs) } },
  };
}

function rejecting(attempt: Attempt, code: string): RowUpdate {
  return {
    step: 'recording a rejection',
    id: attempt.email.id,
    set: 'SET #state = :rejected, #code = :code REMOVE #lane, #dueAtMs',
    condition: held(attempt),
    values: { ':rejected': { S: 'rejected' }, ':code': { S: code } },
  };
}

function finishing(row: LedgerRow, state: 'parked' | 'suppressed', owner: string): RowUpdate {
  return {
    step: `recording that the mail is ${state}`,
    id: row.id,
    set: 'SET #state = :final, #owner = :owner REMOVE #lane, #dueAtMs',
    condition: asRead(row),
    values: { ':final': { S: state }, ':owner': { S: owner } },
    ownToken: owner,
  };
}

/**
 * States that news may replace. Events come doubled, late and in any order, so a row only ever moves forward along
 * sent, rejected (by content, after acceptance), delivered, bounced, complained.
 */
const before: Readonly<Record<EmailNews['state'], readonly EmailState[]>> = {
  sent: ['reserved', 'sending', 'refused', 'parked'],
  rejected: ['reserved', 'sending', 'refused', 'parked', 'sent'],
  delivered: ['reserved', 'sending', 'refused', 'parked', 'sent', 'rejected'],
  bounced: ['reserved', 'sending', 'refused', 'parked', 'sent', 'rejected', 'delivered'],
  complained: ['reserved', 'sending', 'refused', 'parked', 'sent', 'rejected', 'delivered', 'bounced'],
};

function advancing(id: string, { state, messageId }: EmailNews): RowUpdate {
  return {
    step: `recording that the mail is ${state}`,
    id,
    set: 'SET #state = :news, #messageId = :messageId REMOVE #lane, #dueAtMs',
    condition: inOneOf(before[state]),
    values: { ':news': { S: state }, ':messageId': { S: messageId } },
  };
}

function releasing(id: string, nowMs: number): RowUpdate {
  return {
    step: 'releasing a mail',
    id,
    set: 'SET #state = :refused, #code = :code, #lane = :lane, #dueAtMs = :due',
    condition: inOneOf(['parked', 'rejected']),
    values: {
      ':refused': { S: 'refused' },
      ':code': { S: 'released' },
      ':lane': { S: laneOf(id) },
      ':due': { N: String(nowMs) },
    },
  };
}

/** Unique among the writers of one row, which is all it has to be. */
function token(random: Random): string {
  const part = () => Math.floor(random() * 2 ** 48).toString(36);
  return `${part()}-${part()}`;
}
