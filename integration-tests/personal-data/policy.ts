import type { MarkedAttribute } from './marks.ts';

const whole: readonly MarkedAttribute[] = ['email', 'name', 'attributes', 'undeclared'];
/** What mails and searches are made of. */
const shown: readonly MarkedAttribute[] = ['email', 'name'];

/**
 * Where personal attributes may be, and which. What is not listed may hold none: totals, windows, positions, notices,
 * logs, metrics, what commands print, errors, files.
 */
export const allowed: Readonly<Record<string, readonly MarkedAttribute[]>> = {
  // The person's own item, and the versions of it that lost to a write in the other region.
  'table users': whole,
  'table replica-conflicts': whole,
  // A mail as it is to be sent, and where nothing is sent any more.
  'table email-ledger': shown,
  'table email-suppressions': ['email'],
  outbox: shown,
  // What the table says is searched.
  'index users-v1': shown,
  'index users-v2': shown,
  // Records, whole, so that they can be taken again; they expire.
  'bucket tributary-failures dead-letters': whole,
  'bucket tributary-failures aws': whole,
  'bucket tributary-archive archive': whole,
  // What stands in for Kinesis keeps its records on disk, and deletes them when it stops.
  'files of the embedded Kinesis': whole,
  // Mails that were sent, and documents: on the machine where they are.
  'console /api/state': shown,
  'console /api/search': shown,
  // Whoever asks for it by name.
  'tributary explain --show-pii': whole,
  'tributary dead-letters show --show-pii': whole,
  'tributary suppressions list --show-pii': ['email'],
  'tributary tail --show-pii': whole,
  'tributary replay --show-pii': shown,
  'files of tributary capture --show-pii': whole,
};
