import type { WorkQueue } from './port.ts';

export interface QueueTwin extends WorkQueue {
  /** Bodies, oldest first; reading does not take them away. */
  messages(): readonly string[];
}

/** A queue in memory. What was received stays hidden until it is released. */
export function queueTwin(): QueueTwin {
  const messages = new Map<string, { readonly body: string; isHidden: boolean }>();
  let sent = 0;
  return {
    send: async (body) => {
      sent += 1;
      messages.set(`receipt-${sent}`, { body, isHidden: false });
    },
    receive: async () => {
      const visible = [...messages].filter(([, { isHidden }]) => !isHidden).slice(0, 10);
      for (const [, message] of visible) message.isHidden = true;
      return visible.map(([receipt, { body }]) => ({ receipt, body }));
    },
    remove: async ({ receipt }) => {
      messages.delete(receipt);
    },
    release: async ({ receipt }) => {
      const message = messages.get(receipt);
      if (message !== undefined) message.isHidden = false;
    },
    messages: () => [...messages.values()].map(({ body }) => body),
  };
}
