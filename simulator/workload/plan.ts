import type { FaultName } from '../faults/fault-names.ts';
import type { Profile } from '../faults/profile.ts';
import type { Random } from '../random.ts';
import { newUser, type UserItem } from './user-items.ts';

/** One step of what applications, operators and the weather do, drawn before anything runs. */
export interface Step {
  /** Virtual time that passes before. */
  readonly afterMs: number;
  readonly action: Action;
}

export type Action =
  /** Stamped writes of applications. */
  | { readonly kind: 'put'; readonly region: number; readonly user: UserItem }
  | { readonly kind: 'update'; readonly region: number; readonly id: string; readonly set: UserItem }
  | { readonly kind: 'remove'; readonly region: number; readonly id: string }
  /** Writes past the writer: PutItem, PutItem of an earlier image, UpdateItem, DeleteItem, time to live. */
  | { readonly kind: 'plain'; readonly region: number; readonly user: UserItem }
  | { readonly kind: 'old'; readonly region: number; readonly id: string; readonly choice: number }
  | { readonly kind: 'keep'; readonly region: number; readonly id: string; readonly set: UserItem }
  | { readonly kind: 'hard'; readonly region: number; readonly id: string }
  | { readonly kind: 'expire'; readonly region: number }
  /** What befalls streams, mappings, sinks and deployments; `choice` picks among what is there then. */
  | { readonly kind: 'trouble'; readonly fault: FaultName; readonly choice: number; readonly lastsMs: number };

/** Longer than the age at which mappings give records up. */
const ageMs = 20.5 * 3_600_000;

/** Trouble that steps bring, with how many of them a history of 400 steps has on average. */
const troubles = [
  ['sink-down', 3],
  ['age-exhausted', 0.4],
  ['answers-lost', 0.4],
  ['partition', 1],
  ['dead-letters-down', 1],
  ['poison', 3],
  ['split', 1],
  ['rollover', 1],
  ['iterator-expired', 2],
  ['read-throttled', 2],
  ['mapping-recreated', 2.6],
  ['deployment', 8],
  ['redrive-in-traffic', 4],
  ['redrive-processed', 4],
] as const satisfies readonly (readonly [FaultName, number])[];

export function planSteps(random: Random, { profile, count }: { profile: Profile; count: number }): Step[] {
  const steps: Step[] = [];
  const ids = new RecentIds(random);
  let paceMs = 500;
  while (steps.length < count) {
    if (random.chance(0.02)) paceMs = random.pick([10, 100, 500, 2_000]);
    const afterMs = random.chance(0.25) ? 0 : Math.round(-Math.log(1 - random.next()) * paceMs);
    const trouble = drawTrouble(random, profile);
    // What was written just before is what is given up.
    if (trouble?.lastsMs === ageMs) {
      for (let left = random.integer(0, 6); left > 0; left -= 1)
        steps.push({ afterMs: 0, action: drawWrite(random, { ids, profile }) });
    }
    const action = trouble ?? drawWrite(random, { ids, profile });
    steps.push({ afterMs: trouble?.lastsMs === ageMs ? 0 : afterMs, action });
    // What was given up is redriven while applications go on.
    if (trouble?.lastsMs === ageMs && profile.faults.has('redrive-in-traffic') && random.chance(0.7)) {
      const redrive = { ...trouble, fault: 'redrive-in-traffic', lastsMs: 0 } as const;
      steps.push({ afterMs: random.integer(1_000, 60_000), action: redrive });
    }
    if (action.kind !== 'plain' || !random.chance(0.4)) continue;
    // What is gone again while the replicator is about to stamp it.
    const hard = { kind: 'hard', region: action.region, id: action.user.id?.S ?? '' } as const;
    steps.push({ afterMs: random.integer(0, 2_500), action: hard });
  }
  return steps;
}

function drawTrouble(random: Random, { faults }: Profile) {
  for (const [fault, mean] of troubles) {
    if (!faults.has(fault) || !random.chance(mean / 400)) continue;
    const hours = random.chance(0.15) ? random.integer(1, 4) : 0;
    const lastsMs =
      fault === 'age-exhausted' || fault === 'answers-lost'
        ? ageMs
        : hours * 3_600_000 + random.integer(2_000, 240_000);
    return { kind: 'trouble', fault, choice: random.integer(0, 1_000_000), lastsMs } as const;
  }
  return undefined;
}

/** Ids that are written often, so that writes meet, and new ones again and again. */
class RecentIds {
  readonly #random: Random;
  readonly #recent: string[] = [];
  #count = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  any(): string {
    const at = this.#random.integer(0, Math.max(0, this.#recent.length - 1));
    return this.#recent[at] ?? this.fresh();
  }

  fresh(): string {
    this.#count += 1;
    const id = `user-${String(this.#count).padStart(4, '0')}`;
    this.#recent.push(id);
    if (this.#recent.length > 10) this.#recent.splice(this.#random.integer(0, 9), 1);
    return id;
  }
}

function drawWrite(random: Random, { ids, profile }: { ids: RecentIds; profile: Profile }): Action {
  const region = profile.mode === 'one-way' ? 0 : random.integer(0, 1);
  const draw = random.next();
  if (draw < 0.2) return { kind: 'put', region, user: newUser(ids.fresh(), random) };
  const id = ids.any();
  if (draw < 0.38) return { kind: 'put', region, user: newUser(id, random) };
  if (draw < 0.64) return { kind: 'update', region, id, set: part(newUser(id, random), random) };
  if (draw < 0.75) return { kind: 'remove', region, id };
  if (draw < 0.81) return { kind: 'plain', region, user: newUser(id, random) };
  if (draw < 0.84) return { kind: 'old', region, id, choice: random.integer(0, 1_000_000) };
  if (draw < 0.91) return { kind: 'keep', region, id, set: part(newUser(id, random), random) };
  if (draw < 0.97) return { kind: 'hard', region, id };
  return { kind: 'expire', region };
}

/** Some attributes of a user. */
function part(user: UserItem, random: Random): UserItem {
  const names = ['name', 'country', 'plan', 'status', 'balance'].filter(() => random.chance(0.4));
  const kept = Object.entries(user).filter(([name]) => names.includes(name));
  return kept.length === 0 ? { status: { S: 'active' } } : Object.fromEntries(kept);
}
