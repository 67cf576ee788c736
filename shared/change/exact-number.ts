/**
 * A DynamoDB number after decoding: its text, so that all 38 digits survive and `1` stays apart from `"1"`.
 * Calculate with it through `decimal.ts`; JSON shows the text.
 */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }

  toJSON(): string {
    return this.text;
  }
}
