import type { AttributeMap } from '../../change/attribute-value.ts';
import type { WalkOptions } from '../backfill/backfill.ts';
import type { Difference } from '../copies/item-copies.ts';
import type { OperatedConsumer } from '../operated-services.ts';
import type { GroupDifference } from './compare-generations.ts';

export interface AuditOptions extends WalkOptions {
  /** One consumer, or `all`. */
  readonly consumer: string;
  /** Puts right what can be: copies by snapshots that never go over what is newer, totals by a new generation. */
  readonly repair: boolean;
  /** How long a difference has to last before it is one: what is under way differs for a moment. */
  readonly graceMs: number;
  /** How long to wait for consumers that are behind, and for items that never stand still. */
  readonly patienceMs: number;
}

/** A consumer that is audited. */
export interface AuditWalk {
  readonly operated: OperatedConsumer;
  readonly options: AuditOptions;
}

/** A difference that lasts, with what is known of why. */
export interface AuditedDifference extends Difference {
  readonly keys: AttributeMap;
  readonly reason: string;
  readonly isRepaired: boolean;
}

export interface CopiesAudit {
  readonly kind: 'copies';
  /** Items that were compared. */
  readonly items: number;
  readonly differences: readonly AuditedDifference[];
}

export interface TotalsAudit {
  readonly kind: 'totals';
  /** `planned`: a dry run compares nothing, for what it would compare with has to be built. */
  readonly outcome: 'equal' | 'differs' | 'repaired' | 'refused' | 'abandoned' | 'planned';
  readonly differences: readonly GroupDifference[];
  /** Why it came to nothing. */
  readonly reason?: string;
}

export type AuditResult = { readonly region: string; readonly consumer: string } & (CopiesAudit | TotalsAudit);

/** Whether nothing is left to do. */
export function isGreen(result: AuditResult): boolean {
  if (result.kind === 'copies') return result.differences.every(({ isRepaired }) => isRepaired);
  return result.outcome === 'equal' || result.outcome === 'repaired' || result.outcome === 'planned';
}
