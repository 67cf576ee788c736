import type { FunctionHost } from '../functions/function-host.ts';

/** Invokes a function again and again, never twice at once, as EventBridge Scheduler would. */
export function startSchedule(
  host: FunctionHost,
  options: { readonly intervalMs: number; readonly before?: (() => Promise<void>) | undefined },
): { stop(): Promise<void> } {
  let running: Promise<unknown> | undefined;
  const invoke = async (): Promise<void> => {
    await options.before?.();
    await host.invoke({ source: 'schedule' });
  };
  const timer = setInterval(() => {
    running ??= invoke().finally(() => {
      running = undefined;
    });
  }, options.intervalMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
