import type { ItemAnswer } from './probe-answer.ts';

export interface ProbeItem {
  readonly group: string;
  readonly number: string;
  readonly answer: ItemAnswer;
}

/** Ten items, of which the fifth gets its mapping into trouble. */
function groupWith(answer: ItemAnswer): readonly ProbeItem[] {
  return Array.from({ length: 10 }, (_, index) => ({
    group: answer,
    number: String(index + 1).padStart(2, '0'),
    answer: index === 4 ? answer : 'ok',
  }));
}

const same: ProbeItem = { group: 'same', number: '01', answer: 'ok' };

/** What is written: each list at once. The last writes what is there already, which must leave no record. */
export const writes: readonly (readonly ProbeItem[])[] = [groupWith('report'), groupWith('throw'), [same], [same]];

/** Items with a change, so records that each probe has to be sent. */
export const changed = [...groupWith('report'), ...groupWith('throw'), same].length;

/** Records that no probe of the mapping with the window ever accepts. */
export const refused = 2;
