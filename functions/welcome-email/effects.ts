import type { Change } from '../../shared/change/change.ts';
import { entityOf } from '../../shared/change/entity.ts';
import { InvalidRecordError } from '../../shared/change/invalid-record.ts';
import { readString } from '../../shared/change/read-attribute.ts';
import type { TableDefinition } from '../../shared/change/table-definition.ts';
import type { EmailRequest } from '../../shared/sinks/email-ledger/sink.ts';
import { welcomeEmail } from './template.ts';

/** A welcome that comes a week late is worse than none. The sink knows what time it is. */
const maxAgeMs = 7 * 24 * 3_600_000;

/**
 * A user who appears is owed one email, whichever region the insert was made in: the ledger knows the user by `id`, so
 * a second insert of the same user owes nothing. Snapshots are users who have long been there.
 */
export function welcomeEmailEffects(table: TableDefinition) {
  return ({ op, newImage, createdAt }: Change): EmailRequest | undefined => {
    if (op !== 'insert' || newImage === undefined || entityOf(table, newImage)?.name !== 'user') return undefined;
    return {
      id: required(readString(newImage, 'id', 'newImage'), 'id'),
      to: required(readString(newImage, 'email', 'newImage'), 'email'),
      ...welcomeEmail(readString(newImage, 'name', 'newImage')),
      notAfterMs: Number(createdAt.microseconds / 1_000n) + maxAgeMs,
    };
  };
}

function required(value: string | undefined, name: string): string {
  if (value === undefined || value === '') throw new InvalidRecordError(`newImage.${name}`, 'is missing');
  return value;
}
