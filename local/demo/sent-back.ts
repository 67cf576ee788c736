import type { ForwardedWrite } from '../faults/fault-proxy.ts';

/** Changes on their way to a region in which they were made. */
export interface SentBack {
  readonly sent: number;
  /** Those that the region took: the others it refused, having them already. */
  readonly applied: number;
}

/** What a replicator puts in a region must not bear that region's own name: it came from there. */
export function createSentBack(target: string) {
  const counts = { sent: 0, applied: 0 };
  return {
    count: (): SentBack => ({ ...counts }),
    onWrite: ({ body, status }: Pick<ForwardedWrite, 'body' | 'status'>): void => {
      const { Item } = JSON.parse(body.toString('utf8')) as { Item?: { _v?: { S?: string } } };
      if (originOf(Item?._v?.S) !== target) return;
      counts.sent += 1;
      if (status === 200) counts.applied += 1;
    },
  };
}

/** Of `microseconds/counter/region` the region, without its padding. */
function originOf(stamp: string | undefined): string | undefined {
  return stamp?.split('/')[2]?.replace(/_+$/, '');
}
