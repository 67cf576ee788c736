import { describe, expect, it } from 'vitest';
import { processBatch } from '../../shared/batch/process-batch.ts';
import type { AttributeMap } from '../../shared/change/attribute-value.ts';
import type { Change, Op } from '../../shared/change/change.ts';
import { parseKinesisRecord } from '../../shared/change/from-kinesis.ts';
import { createEmailLedgerSink } from '../../shared/sinks/email-ledger/sink.ts';
import { emailWorld } from '../../shared/testing/email-world.ts';
import { kinesisRecords } from '../../shared/testing/record-builder.ts';
import { table } from '../table.ts';
import { welcomeEmailEffects } from './effects.ts';
import { welcomeEmail } from './template.ts';

const effects = welcomeEmailEffects(table);
const ada: AttributeMap = { id: { S: 'u-1' }, email: { S: 'ada@example.com' }, name: { S: 'Ada' } };
const weekMs = 7 * 24 * 3_600_000;

function change(op: Op, newImage: AttributeMap = ada): Change {
  return {
    op,
    source: 'kinesis',
    keys: { id: { S: 'u-1' } },
    newImage,
    position: { streamArn: 'arn', shardId: 'shardId-0', sequenceNumber: '1' },
    createdAt: { microseconds: 1_767_225_600_000_000n, precision: 'microsecond' },
    region: 'eu-west-1',
  };
}

describe('welcome-email effects', () => {
  it('an insert owes one email, known by the user, until a week after it', () => {
    expect(effects(change('insert'))).toMatchObject({
      id: 'u-1',
      to: 'ada@example.com',
      subject: 'Welcome, Ada!',
      notAfterMs: 1_767_225_600_000 + weekMs,
    });
  });

  it.each(['modify', 'remove', 'expire', 'snapshot'] as const)('a %s owes nothing', (op) => {
    expect(effects(change(op))).toBeUndefined();
  });

  it.each([
    { field: 'newImage.email', image: { id: { S: 'u-1' } } },
    { field: 'newImage.email', image: { id: { S: 'u-1' }, email: { N: '42' } } },
    { field: 'newImage.name', image: { ...ada, name: { BOOL: true } } },
  ])('names $field when it cannot be read', ({ field, image }) => {
    expect(() => effects(change('insert', image as AttributeMap))).toThrow(field);
  });
});

describe('welcome-email template', () => {
  it('escapes a name in HTML, and leaves it as it is in text', () => {
    const { html, text } = welcomeEmail(`<script>"A" & 'B'</script>`);
    expect(html).toContain('Welcome, &lt;script&gt;&quot;A&quot; &amp; &#39;B&#39;&lt;/script&gt;!');
    expect(html).not.toContain('<script>');
    expect(text).toContain(`Welcome, <script>"A" & 'B'</script>!`);
  });

  it('keeps a name from starting a header of its own, and from being endless', () => {
    expect(welcomeEmail('Ada\r\nBcc: everybody@example.com').subject).toBe('Welcome, Ada Bcc: everybody@example.com!');
    expect([...welcomeEmail('😀'.repeat(500)).subject].length).toBeLessThan(100);
  });

  it('greets somebody without a name', () => {
    expect(welcomeEmail(undefined).subject).toBe('Welcome!');
    expect(welcomeEmail(' \n ').subject).toBe('Welcome!');
  });
});

describe('welcome-email', () => {
  it('a user inserted in two regions and again later is sent one email, edits and removals none', async () => {
    const world = emailWorld();
    const records = kinesisRecords();
    const user = { id: 'u-1', email: 'ada@example.com', name: 'Ada' };
    const response = await processBatch({
      records: [
        records.insert(user),
        records.insert({ ...user, name: 'Ada L.' }),
        records.modify(user, { ...user, name: 'Countess' }),
        records.remove(user),
        records.insert(user),
        records.insert({ id: 'u-2', email: 'bob@example.com' }),
      ],
      parse: (record) => parseKinesisRecord(record, { region: 'eu-west-1' }),
      effects,
      sink: createEmailLedgerSink(world.worker().post),
      consumer: 'welcome-email',
      deadLetters: { store: async () => undefined },
      limits: { remainingMs: () => 60_000 },
    });
    expect(response).toEqual({ batchItemFailures: [] });
    expect(world.mails().map(({ to }) => to)).toEqual(['ada@example.com', 'bob@example.com']);
  });

  it('a table replayed from long ago sends nothing', async () => {
    const world = emailWorld();
    world.now.ms += 30 * 24 * 3_600_000;
    const kinds: string[] = [];
    await processBatch({
      records: [kinesisRecords().insert({ id: 'u-1', email: 'ada@example.com' })],
      parse: (record) => parseKinesisRecord(record, { region: 'eu-west-1' }),
      effects,
      sink: createEmailLedgerSink(world.worker().post),
      consumer: 'welcome-email',
      deadLetters: { store: async () => undefined },
      limits: { remainingMs: () => 60_000 },
      observe: ({ outcome }) => kinds.push(outcome.kind),
    });
    expect(kinds).toEqual(['filtered']);
    expect(world.mails()).toEqual([]);
  });
});
