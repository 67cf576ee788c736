import type { UserRecord } from '../user-image.ts';

/** One way to count users by country, on tables of its own. */
export interface Contender {
  readonly name: string;
  /**
   * One invocation. Answers the sequence number of the first record that is to come again.
   *
   * @throws when the invocation fails: all of it is to come again
   */
  deliver(records: readonly UserRecord[]): Promise<string | undefined>;
  /** As an application reads them, countries without users left out. */
  counted(): Promise<ReadonlyMap<string, number>>;
  /** How many records it gave up, kept as dead letters. */
  deadLetters(): number;
}
