import type { ObjectStore } from '../../services/s3/port.ts';
import type { EmailService } from '../../services/ses/port.ts';
import type { Queue } from '../../services/sqs/port.ts';
import type { Plan } from './planned-change.ts';

/** Objects that are read for real and written in memory. */
export function dryObjects(real: ObjectStore, plan: Plan): ObjectStore {
  const written = new Map<string, Buffer | undefined>();
  const note = (action: string, key: string) =>
    plan({ service: 's3', action, target: key.slice(0, key.indexOf('/')), key });
  return {
    put: async ({ key, body }) => {
      written.set(key, Buffer.from(body));
      note('write', key);
    },
    delete: async (key) => {
      written.set(key, undefined);
      note('remove', key);
    },
    get: async (key) => (written.has(key) ? written.get(key)?.toString('utf8') : real.get(key)),
    getBytes: async (key) => (written.has(key) ? written.get(key) : real.getBytes(key)),
    list: (prefix) => real.list(prefix),
  };
}

export function dryQueue(plan: Plan): Queue {
  return {
    send: async () => plan({ service: 'sqs', action: 'send', target: 'notices of dead letters' }),
  };
}

/** Takes every mail and sends none. */
export function dryEmail(real: EmailService, plan: Plan): EmailService {
  return {
    send: async () => {
      plan({ service: 'ses', action: 'send', target: 'one email' });
      return { kind: 'accepted', messageId: 'dry-run' };
    },
    quota: () => real.quota(),
  };
}
