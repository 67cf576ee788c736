import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { InvocationReply, InvocationRequest, InvocationResult } from './invocation.ts';

type Handler = (event: unknown, context: object) => Promise<unknown>;

const { bundle, name } = workerData as { bundle: string; name: string };
const loaded: Promise<{ handler: Handler }> = import(pathToFileURL(bundle).href);

parentPort?.on('message', async ({ id, event, deadlineMs }: InvocationRequest) => {
  const reply: InvocationReply = { id, result: await run(event, { id, deadlineMs }) };
  parentPort?.postMessage(reply);
});

async function run(event: unknown, request: { id: string; deadlineMs: number }): Promise<InvocationResult> {
  try {
    const { handler } = await loaded;
    const payload = await handler(event, {
      awsRequestId: request.id,
      functionName: name,
      functionVersion: '$LATEST',
      getRemainingTimeInMillis: () => Math.max(0, request.deadlineMs - Date.now()),
    });
    return { kind: 'returned', payload };
  } catch (error) {
    const problem = error instanceof Error ? error : new Error(String(error));
    return { kind: 'functionError', error: { name: problem.name, message: problem.message } };
  }
}
