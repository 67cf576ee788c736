import { SESv2Client } from '@aws-sdk/client-sesv2';
import { describe, expect, it } from 'vitest';
import { classifySendFailure } from './classify.ts';
import { createSesClient, sesEmailService } from './client.ts';

const email = {
  from: 'a@example.com',
  to: 'b@example.com',
  subject: 's',
  text: 't',
  html: 'h',
  tags: { attempt: '1' },
};

describe('SES client', () => {
  it('E1: calls SES once when the connection is reset, whatever retries the environment asks for', async () => {
    let calls = 0;
    const requestHandler = {
      handle: async () => {
        calls += 1;
        throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
      },
    };
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const client = createSesClient({ region: 'eu-west-1', credentials, requestHandler, maxAttempts: 5 });
    expect(client).toBeInstanceOf(SESv2Client);
    expect(await sesEmailService(client).send(email)).toEqual({ kind: 'unknown', code: 'ECONNRESET' });
    expect(calls).toBe(1);
  });
});

describe('a failed send', () => {
  it.each([
    { name: 'TooManyRequestsException', httpStatus: 429, result: { kind: 'refused', reason: 'throttled' } },
    { name: 'ThrottlingException', httpStatus: 400, result: { kind: 'refused', reason: 'throttled' } },
    { name: 'LimitExceededException', httpStatus: 400, result: { kind: 'refused', reason: 'quota' } },
    { name: 'SendingPausedException', httpStatus: 400, result: { kind: 'refused', reason: 'paused' } },
    { name: 'AccountSuspendedException', httpStatus: 400, result: { kind: 'refused', reason: 'paused' } },
    { name: 'AccessDeniedException', httpStatus: 403, result: { kind: 'refused', reason: 'configuration' } },
    { name: 'MessageRejected', httpStatus: 400, result: { kind: 'rejected' } },
    { name: 'BadRequestException', httpStatus: 400, result: { kind: 'rejected' } },
    { name: 'InternalServiceErrorException', httpStatus: 500, result: { kind: 'unknown' } },
    { name: 'ServiceUnavailableException', httpStatus: 503, result: { kind: 'unknown' } },
    { name: 'RequestTimeout', httpStatus: 408, result: { kind: 'unknown' } },
    { name: 'SyntaxError', httpStatus: 200, result: { kind: 'unknown' } },
    { name: 'TimeoutError', socketCode: 'ETIMEDOUT', result: { kind: 'unknown' } },
    { name: 'AbortError', result: { kind: 'unknown' } },
    { name: 'Error', socketCode: 'ECONNREFUSED', result: { kind: 'refused', reason: 'unreachable' } },
    { name: 'CredentialsProviderError', result: { kind: 'refused', reason: 'configuration' } },
  ])('$name $httpStatus $socketCode is $result.kind', ({ result, ...failure }) => {
    expect(classifySendFailure(failure)).toMatchObject(result);
  });
});
