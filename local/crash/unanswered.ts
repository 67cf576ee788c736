const codes = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE'];

/** Whether nobody answered a request: it may have been carried out or not. */
export function isUnanswered(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && codes.includes(String(error.code))) return true;
  return isUnanswered(error.cause);
}
