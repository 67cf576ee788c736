import type { FunctionHost } from '../functions/function-host.ts';

/** Invokes a function again and again, never twice at once, as EventBridge Scheduler would. */
export function startSchedule(host: FunctionHost, intervalMs: number): { stop(): Promise<void> } {
  let running: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    running ??= host.invoke({ source: 'schedule' }).finally(() => {
      running = undefined;
    });
  }, intervalMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
