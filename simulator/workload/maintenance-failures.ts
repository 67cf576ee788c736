import type { ObjectStore } from '../../shared/services/s3/port.ts';
import type { Region } from '../world/world.ts';

/** The bucket of failures as operators see it: dead letters, and what mappings gave up on with what became of it. */
export function failuresIn({ services, failures }: Region): ObjectStore {
  const { deadLetters } = services;
  const given = () =>
    failures.all.flatMap((each) => (each.document === undefined ? [] : [each as Required<typeof each>]));
  const keyed = () => new Map(given().map((each, at) => [`aws/lambda/${String(at).padStart(6, '0')}`, each]));
  const stateOf = (key: string) => {
    const failure = keyed().get(key.replace('failure-states/', ''));
    return failure === undefined || failure.isPending ? undefined : JSON.stringify({ state: 'redriven', at: '' });
  };
  return {
    ...deadLetters,
    list: async (prefix) => (prefix.startsWith('aws/lambda/') ? [...keyed().keys()] : deadLetters.list(prefix)),
    get: async (key) => {
      if (key.startsWith('aws/lambda/')) return keyed().get(key)?.document;
      return key.startsWith('failure-states/') ? stateOf(key) : deadLetters.get(key);
    },
  };
}
