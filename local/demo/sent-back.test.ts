import { describe, expect, it } from 'vitest';
import { createSentBack } from './sent-back.ts';

const write = (request: object, status = 200) => ({ body: Buffer.from(JSON.stringify(request)), status });
const put = (region: string) => ({
  Item: { id: { S: 'user-1' }, _v: { S: `1767225600000000/00000/${region}______` } },
});

describe('createSentBack', () => {
  it('counts a change that is put where it was made, and whether it was taken', () => {
    const { count, onWrite } = createSentBack('eu-west-1');
    onWrite(write(put('eu-west-1'), 400));
    onWrite(write(put('eu-west-1')));
    expect(count()).toEqual({ sent: 2, applied: 1 });
  });

  it('takes no notice of changes from elsewhere, and of stamps that are put on what is there', () => {
    const { count, onWrite } = createSentBack('eu-west-1');
    onWrite(write(put('us-east-1')));
    onWrite(write({ Key: { id: { S: 'user-1' } }, UpdateExpression: 'SET #version = :stamp' }));
    expect(count()).toEqual({ sent: 0, applied: 0 });
  });
});
