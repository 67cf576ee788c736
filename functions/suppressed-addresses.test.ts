import { beforeEach, describe, expect, it } from 'vitest';
import { listSuppressed, unsuppress } from '../shared/operations/suppressed-addresses.ts';
import { suppressionTable } from '../shared/sinks/email-ledger/resources.ts';
import { createSuppressions } from '../shared/sinks/email-ledger/suppressions.ts';
import { type OperatedTarget, operatedTarget } from '../shared/testing/operated-target.ts';
import { registry } from './registry.ts';
import { table } from './table.ts';

let world: OperatedTarget;

beforeEach(async () => {
  world = operatedTarget({ table, registry });
  const suppressions = createSuppressions(world.dynamodb, suppressionTable.name);
  await suppressions.add('Gone@Example.com', 'bounced');
  await suppressions.add('angry@example.com', 'complained');
});

async function addresses() {
  return (await listSuppressed(world.target)).map(({ address, reason }) => `${address} ${reason}`);
}

describe('suppressions', () => {
  it('are listed with their reason', async () => {
    expect(await addresses()).toEqual(['angry@example.com complained', 'gone@example.com bounced']);
  });

  it('are removed whatever the case of the address', async () => {
    await unsuppress(world.target, { address: 'GONE@example.com', dryRun: false });
    expect(await addresses()).toEqual(['angry@example.com complained']);
  });

  it('stay in a dry run, which names the table that would change', async () => {
    const changes = await unsuppress(world.target, { address: 'gone@example.com', dryRun: true });
    expect(changes).toMatchObject([{ service: 'dynamodb', action: 'remove', target: suppressionTable.name }]);
    expect(await addresses()).toHaveLength(2);
  });

  it('refuse an address that is none of them, without repeating it', async () => {
    const removal = unsuppress(world.target, { address: 'other@example.com', dryRun: false });
    await expect(removal).rejects.toThrow('That address is not suppressed.');
  });
});
