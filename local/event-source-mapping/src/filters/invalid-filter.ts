/** Why a filter cannot be used. */
export interface FilterProblem {
  /** What Lambda answers, in its words. */
  readonly message: string;
  /** What is wrong and where, which Lambda does not say. */
  readonly reason: string;
}

/** The pattern of a filter breaks a rule of the filter language. */
export class InvalidFilterError extends Error implements FilterProblem {
  override readonly name = 'InvalidFilterError';
  readonly reason: string;

  constructor(reason: string) {
    super('Invalid filter pattern definition.');
    this.reason = reason;
  }
}
