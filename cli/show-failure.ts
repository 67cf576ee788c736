import { table } from '../functions/table.ts';
import { listFailureObjects } from '../shared/operations/failures/failure-objects.ts';
import { listDeadLetters } from '../shared/operations/failures/list-dead-letters.ts';
import { maskRecord, readableRecord as readable } from '../shared/operations/masking.ts';
import { OperatorError, type Target } from '../shared/operations/target.ts';

/** One failure with its records. @throws {OperatorError} when there is none under the key */
export async function showFailure(
  target: Target,
  options: { readonly key: string; readonly showsPersonal: boolean; readonly maskKey: Uint8Array },
): Promise<object> {
  const { key, showsPersonal, maskKey } = options;
  const shown = (record: unknown) => readable(showsPersonal ? record : maskRecord(record, { table, key: maskKey }));
  for (const region of target.regions) {
    const filter = { keys: [key] };
    const [letter] = await listDeadLetters(region, filter);
    if (letter !== undefined) {
      return { region: region.name, key, ...letter.letter, record: shown(letter.letter.record) };
    }
    const [failure] = await listFailureObjects(region, filter);
    if (failure === undefined) continue;
    const { batch, ...rest } = failure;
    return { ...rest, header: batch.header, payload: batch.records.map(({ record }) => shown(record)) };
  }
  throw new OperatorError(`There is no failure under the key ${key}: \`tributary dead-letters list\` shows them.`);
}
