import type { MappingView } from '../mappings.ts';
import type { RegionProbes } from './probes.ts';

export interface Finding {
  readonly region: string;
  readonly check: string;
  /** `warning`: it works, and something is to be done. */
  readonly state: 'ok' | 'warning' | 'problem';
  readonly says: string;
  /** What to do; absent where nothing is. */
  readonly advice?: string;
}

type Said = Omit<Finding, 'region' | 'check'>;

const ok = (says: string): Said => ({ state: 'ok', says });

/** Asks every dependency, each of them whatever becomes of the others. Changes nothing. */
export async function diagnose(
  regions: readonly RegionProbes[],
  mappings: () => Promise<readonly MappingView[]>,
): Promise<readonly Finding[]> {
  const checks = regions.flatMap((probes) =>
    checksOf(probes).map(([check, run]) => asked({ region: probes.region, check, run })),
  );
  const found = (await Promise.all(checks)).flat();
  return [...found, ...(await aboutMappings(mappings))];
}

type Check = readonly [name: string, run: () => Promise<Said | readonly Said[]>];

function checksOf(probes: RegionProbes): readonly Check[] {
  const { identity, tables, tableStatus, searchHealth, mail, sender, subscriptions, concurrency, bootstrapped } =
    probes;
  return [
    ...when('credentials', identity, async (ask) => ok(await ask())),
    ...when('tables', tableStatus, (ask) => Promise.all(tables.map(async (name) => tableSays(name, await ask(name))))),
    ...when('search', searchHealth, async (ask) => searchSays(await ask())),
    ...when('mail', mail, async (ask) => mailSays(await ask())),
    ...when('sender', sender, async (ask) => senderSays(await ask())),
    ...when('alarm topic', subscriptions, async (ask) => topicSays(await ask())),
    ...when('concurrency', concurrency, async (ask) => concurrencySays(await ask())),
    ...when('bootstrap', bootstrapped, async (ask) => bootstrapSays(await ask())),
  ];
}

function when<Probe>(
  name: string,
  probe: Probe | undefined,
  run: (probe: Probe) => Promise<Said | readonly Said[]>,
): readonly Check[] {
  return probe === undefined ? [] : [[name, () => run(probe)]];
}

async function asked(where: {
  readonly region: string;
  readonly check: string;
  readonly run: Check[1];
}): Promise<readonly Finding[]> {
  const { region, check, run } = where;
  try {
    return [await run()].flat().map((said) => ({ region, check, ...said }));
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const advice = 'Look at the credentials (the policies reader and operator allow asking) and at the network.';
    return [{ region, check, state: 'problem', says: `cannot be asked: ${reason}`, advice }];
  }
}

function tableSays(name: string, status: string | undefined): Said {
  if (status === 'ACTIVE') return ok(`${name} is active`);
  if (status !== undefined) return { state: 'warning', says: `${name} is ${status}`, advice: 'Wait, and ask again.' };
  return { state: 'problem', says: `there is no table ${name}`, advice: 'Deploy, or look whose account this is.' };
}

function searchSays(health: 'green' | 'yellow' | 'red'): Said {
  if (health === 'green') return ok('the search domain is green');
  if (health === 'yellow') {
    return { state: 'warning', says: 'a copy of a shard is on no node', advice: 'Wait; if it stays, add a node.' };
  }
  return { state: 'problem', says: 'a part of the index is on no node', advice: 'Follow docs/operate.md#search-red.' };
}

function mailSays({
  enabled,
  sandbox,
  perDay,
  remaining,
}: Awaited<ReturnType<NonNullable<RegionProbes['mail']>>>): Said {
  if (!enabled) {
    return { state: 'problem', says: 'SES has stopped the account', advice: 'Read what AWS mailed about it; reply.' };
  }
  if (sandbox) {
    const says = `SES is in its sandbox: ${perDay} mails a day, to verified addresses only`;
    return { state: 'warning', says, advice: 'Follow docs/operate.md#the-ses-sandbox.' };
  }
  if (remaining < perDay / 5) {
    const says = `${remaining} of ${perDay} mails are left for these 24 hours`;
    return { state: 'warning', says, advice: 'Follow docs/operate.md#email-quota.' };
  }
  return ok('SES sends');
}

function senderSays({ name, verified }: { readonly name: string; readonly verified: boolean }): Said {
  if (verified) return ok(`${name} is verified`);
  const advice = 'Put the DNS records in place that the SES console shows for it, or answer its mail.';
  return { state: 'problem', says: `SES has not verified the sender ${name}`, advice };
}

function topicSays(found: readonly { readonly endpoint: string; readonly confirmed: boolean }[]): readonly Said[] {
  if (found.length === 0) {
    const advice = 'Set alarmAddress in infra/config.ts and deploy.';
    return [{ state: 'problem', says: 'nobody is told of alarms', advice }];
  }
  return found.map(({ endpoint, confirmed }): Said => {
    if (confirmed) return ok(`${endpoint} is told of alarms`);
    const advice = 'Click the link in the mail that SNS sent there.';
    return { state: 'problem', says: `${endpoint} has not confirmed: it is told of no alarm`, advice };
  });
}

/** Fewer than this, and the functions of the pipeline throttle each other. */
const leastConcurrency = 100;

function concurrencySays(limit: number): Said {
  if (limit >= leastConcurrency) return ok(`Lambda runs up to ${limit} invocations at once`);
  const says = `Lambda runs only ${limit} invocations at once for the whole account`;
  return { state: 'warning', says, advice: 'Follow docs/operate.md#limits-of-a-new-account.' };
}

function bootstrapSays(isBootstrapped: boolean): Said {
  if (isBootstrapped) return ok('CDK is bootstrapped');
  const advice = 'Run `npx cdk bootstrap aws://ACCOUNT/REGION` once.';
  return { state: 'problem', says: 'CDK is not bootstrapped here', advice };
}

const lateMs = 5 * 60_000;
const hourMs = 3_600_000;

async function aboutMappings(read: () => Promise<readonly MappingView[]>): Promise<readonly Finding[]> {
  const says = ({ consumer, state, oldestMs = 0, recordAgeMaxMs }: MappingView): Said => {
    if (state !== 'running') {
      const advice = `If nobody wants it so: \`npx tributary resume ${consumer}\`.`;
      return { state: 'problem', says: `${consumer} is ${state}`, advice };
    }
    if (oldestMs <= lateMs) return ok(`${consumer} runs`);
    const left = (Math.max(0, recordAgeMaxMs - oldestMs) / hourMs).toFixed(1);
    const behind = `${consumer} is ${Math.round(oldestMs / 60_000)} minutes behind; records are put aside in ${left} h`;
    return { state: 'problem', says: behind, advice: 'Follow docs/operate.md#iterator-age.' };
  };
  const run = async () => (await read()).map((view) => ({ region: view.region, check: 'mapping', ...says(view) }));
  return run().catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    const advice = 'Is it running, or deployed?';
    return [{ region: '-', check: 'mapping', state: 'problem' as const, says: `cannot be asked: ${reason}`, advice }];
  });
}
