import type { RefusalReason, SendResult } from './port.ts';

/** What is known of a failed call: the error's name, the HTTP status if there was a reply, the socket's code if not. */
export interface SendFailure {
  readonly name: string;
  readonly httpStatus?: number | undefined;
  readonly socketCode?: string | undefined;
}

type FailedSend = Exclude<SendResult, { readonly kind: 'accepted' }>;

/**
 * Errors by which SES says that it did not take the mail.
 *
 * @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
 * @see https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html
 */
const refusals: ReadonlyMap<string, RefusalReason> = new Map([
  ['TooManyRequestsException', 'throttled'],
  ['ThrottlingException', 'throttled'],
  ['LimitExceededException', 'quota'],
  ['SendingPausedException', 'paused'],
  ['AccountSuspendedException', 'paused'],
  ['MailFromDomainNotVerifiedException', 'configuration'],
  ['NotFoundException', 'configuration'],
]);

const rejections: ReadonlySet<string> = new Set(['MessageRejected', 'BadRequestException']);

/** No connection was made or no request was signed, so no mail can have left. */
const unsent: ReadonlyMap<string, RefusalReason> = new Map([
  ['ECONNREFUSED', 'unreachable'],
  ['ENOTFOUND', 'unreachable'],
  ['EAI_AGAIN', 'unreachable'],
  ['CredentialsProviderError', 'configuration'],
]);

/** Fails towards `unknown`: only a clear word that the mail was not taken allows another send. */
export function classifySendFailure(failure: SendFailure): FailedSend {
  const { name, httpStatus, socketCode } = failure;
  if (httpStatus === undefined) {
    const reason = unsent.get(socketCode ?? '') ?? unsent.get(name);
    return reason === undefined
      ? { kind: 'unknown', code: socketCode ?? name }
      : { kind: 'refused', reason, code: socketCode ?? name };
  }
  // 408 comes from something in between that lost patience.
  if (httpStatus < 400 || httpStatus >= 500 || httpStatus === 408) return { kind: 'unknown', code: name };
  if (rejections.has(name)) return { kind: 'rejected', code: name };
  // Any other 4xx (a signature, a permission) is answered before a mail is taken.
  return { kind: 'refused', reason: refusals.get(name) ?? 'configuration', code: name };
}
