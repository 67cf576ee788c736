import { GetAccountCommand, SESv2Client, type SESv2ClientConfig, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { classifySendFailure } from './classify.ts';
import type { EmailService, OutgoingEmail, SendingQuota, SendResult } from './port.ts';

/** Longest time between the start of a call and its end; the ledger's lease relies on it. */
const sendTimeoutMs = 5_000;

/**
 * `maxAttempts: 1` is part of the promise "never twice": the SDK would repeat a call whose reply was lost, and SES has
 * no token by which it could know the second one. Region, credentials and endpoint come the SDK's ordinary way unless
 * given.
 */
export function createSesClient(config: SESv2ClientConfig = {}): SESv2Client {
  return new SESv2Client({
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 2_000,
      requestTimeout: sendTimeoutMs,
      throwOnRequestTimeout: true,
    }),
    ...config,
    maxAttempts: 1,
  });
}

/** SES through its client; `createSesClient` makes one that never repeats a call. */
export function sesEmailService(client: SESv2Client): EmailService {
  return {
    send: (email) => send(client, email),
    quota: () => quota(client),
  };
}

async function send(client: SESv2Client, email: OutgoingEmail): Promise<SendResult> {
  const deadline = AbortSignal.timeout(sendTimeoutMs);
  try {
    const reply = await client.send(sendCommand(email), { abortSignal: deadline });
    if (reply.MessageId === undefined) return { kind: 'unknown', code: 'NoMessageId' };
    return { kind: 'accepted', messageId: reply.MessageId };
  } catch (error) {
    return classifySendFailure(describe(error));
  }
}

function sendCommand(email: OutgoingEmail): SendEmailCommand {
  const charset = 'UTF-8';
  return new SendEmailCommand({
    FromEmailAddress: email.from,
    Destination: { ToAddresses: [email.to] },
    Content: {
      Simple: {
        Subject: { Data: email.subject, Charset: charset },
        Body: { Text: { Data: email.text, Charset: charset }, Html: { Data: email.html, Charset: charset } },
      },
    },
    EmailTags: Object.entries(email.tags).map(([Name, Value]) => ({ Name, Value })),
    ConfigurationSetName: email.configurationSet,
  });
}

/** The SDK's errors carry the reply's status in `$metadata`; errors of the socket carry a `code`. */
function describe(error: unknown): { name: string; httpStatus?: number | undefined; socketCode?: string | undefined } {
  if (!(error instanceof Error)) return { name: 'Unknown' };
  const metadata = '$metadata' in error ? error.$metadata : undefined;
  const status =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
      ? metadata.httpStatusCode
      : undefined;
  const code = 'code' in error ? error.code : undefined;
  return {
    name: error.name,
    httpStatus: typeof status === 'number' ? status : undefined,
    socketCode: typeof code === 'string' ? code : undefined,
  };
}

async function quota(client: SESv2Client): Promise<SendingQuota> {
  const account = await client.send(new GetAccountCommand({}));
  const { Max24HourSend = 0, MaxSendRate = 0, SentLast24Hours = 0 } = account.SendQuota ?? {};
  return {
    enabled: account.SendingEnabled ?? false,
    maxPerSecond: MaxSendRate,
    perDay: Max24HourSend < 0 ? Number.POSITIVE_INFINITY : Max24HourSend,
    remaining: Max24HourSend < 0 ? Number.POSITIVE_INFINITY : Math.max(0, Max24HourSend - SentLast24Hours),
  };
}
