/** A refusal as S3 words it; becomes the error document of the reply. */
export class S3Error extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** For what this engine leaves out; `what` names it as the caller wrote it. */
export function notImplemented(what: string): S3Error {
  return new S3Error('NotImplemented', 501, `The embedded S3 does not implement ${what}.`);
}
