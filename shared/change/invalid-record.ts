/**
 * A record or an attribute that cannot be read as what it should be. The batch layer makes it a dead letter of the
 * consumer that needed it; other consumers are not concerned.
 */
export class InvalidRecordError extends Error {
  override readonly name = 'InvalidRecordError';
  /** Path of what could not be read, such as `dynamodb.Keys` or `newImage.email`. Never its value. */
  readonly field: string;

  constructor(field: string, problem: string, options?: ErrorOptions) {
    super(`${field}: ${problem}`, options);
    this.field = field;
  }
}
