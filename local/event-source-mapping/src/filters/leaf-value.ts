/** A leaf of a record: a string, or the text of a number, `true`, `false` or `null`. */
export interface LeafValue {
  readonly type: 'string' | 'number' | 'literal';
  readonly text: string;
}

export type ValueTest = (value: LeafValue) => boolean;

export function onStrings(test: (text: string) => boolean): ValueTest {
  return ({ type, text }) => type === 'string' && test(text);
}
