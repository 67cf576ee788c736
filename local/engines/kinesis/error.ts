/** A refusal as Kinesis words it; becomes the `__type` and the message of the reply, with status 400. */
export class KinesisError extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

export function invalidArgument(message: string): KinesisError {
  return new KinesisError('InvalidArgumentException', message);
}

/** For what breaks a constraint that the API reference states for a field. */
export function invalidField(message: string): KinesisError {
  return new KinesisError('ValidationException', message);
}

export function notFound(message: string): KinesisError {
  return new KinesisError('ResourceNotFoundException', message);
}
