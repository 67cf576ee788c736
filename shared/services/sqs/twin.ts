import type { Queue } from './port.ts';

export interface QueueTwin extends Queue {
  /** Bodies, oldest first; reading does not take them away. */
  messages(): readonly string[];
}

/** A queue in memory. */
export function queueTwin(): QueueTwin {
  const bodies: string[] = [];
  return {
    send: async (body) => {
      bodies.push(body);
    },
    messages: () => [...bodies],
  };
}
