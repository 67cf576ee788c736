import { searchIndexFor } from '../../sinks/search-index/resources.ts';
import type { PlannedChange } from '../dry-run/planned-change.ts';
import { stateAt } from './reindex.ts';
import type { ReindexOptions } from './reindex-options.ts';
import { nextIndex, type ReindexState, readReindex } from './reindex-state.ts';

type Change = Omit<PlannedChange, 'region' | 'service'>;

/** What the action would change from where the reindex stands, in order. Changes nothing. */
export async function planReindex(
  action: 'fill' | 'finish' | 'roll-back',
  options: ReindexOptions,
): Promise<readonly PlannedChange[]> {
  const state = await readReindex(stateAt(options));
  const documents = action === 'finish' ? 0 : await options.admin.count(state.current);
  const changes = { fill: filling, finish: finishing, 'roll-back': goingBack }[action](state, { options, documents });
  return changes.map((change) => ({ region: options.region, service: 'opensearch', ...change }));
}

interface Known {
  readonly options: ReindexOptions;
  readonly documents: number;
}

function filling(state: ReindexState, { options, documents }: Known): Change[] {
  const { step, current, other } = state;
  if (step === 'switched') return [];
  const { alias } = searchIndexFor(options.source.definition);
  const next = (step === 'none' || step === 'leaving' ? undefined : other) ?? nextIndex(state);
  return [
    ...(step === 'leaving' && other !== undefined ? [{ action: 'remove', target: other }] : []),
    ...(next === other ? [] : [{ action: 'create', target: next }]),
    { action: 'write', target: next, detail: `every change from then on, and about ${documents} documents` },
    { action: 'move alias', target: alias, detail: `${current} -> ${next}` },
  ];
}

function finishing({ step, other }: ReindexState): Change[] {
  if (other === undefined || (step !== 'switched' && step !== 'leaving')) return [];
  return [{ action: 'remove', target: other }];
}

function goingBack({ step, current, other }: ReindexState, { options, documents }: Known): Change[] {
  if (other === undefined) return [];
  const { alias } = searchIndexFor(options.source.definition);
  if (step !== 'switched') return [{ action: 'remove', target: other }];
  return [
    { action: 'write', target: other, detail: `what it lacks or has older, of about ${documents} documents` },
    { action: 'move alias', target: alias, detail: `${current} -> ${other}` },
    { action: 'remove', target: current },
  ];
}
