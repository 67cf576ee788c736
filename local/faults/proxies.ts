import { type FaultProxy, type ForwardedWrite, startFaultProxy } from './fault-proxy.ts';
import type { FaultyService } from './service-faults.ts';

/** The fault proxies of a run: one for each consumer and service that the consumer calls. */
export interface Proxies {
  /** Starts the proxy in front of `target`; answers the URL that the consumer is to use instead. */
  open(place: ProxyPlace): Promise<string>;
  /** @throws {Error} when the consumer never asked for the service. */
  get(consumer: string, service: FaultyService): FaultProxy;
  all(): readonly FaultProxy[];
  stop(): Promise<void>;
}

export interface ProxyPlace {
  readonly consumer: string;
  readonly service: FaultyService;
  readonly target: string;
  /** Told of every write that the engine has answered. */
  readonly onWrite?: (write: ForwardedWrite) => void;
}

export function createProxies(): Proxies {
  const proxies = new Map<string, FaultProxy>();
  return {
    async open({ consumer, service, target, onWrite }) {
      const proxy = await startFaultProxy({ service, target, onWrite });
      proxies.set(`${consumer} ${service}`, proxy);
      return proxy.url;
    },
    get(consumer, service) {
      const proxy = proxies.get(`${consumer} ${service}`);
      if (proxy === undefined) throw new Error(`${consumer} has no proxy in front of ${service}`);
      return proxy;
    },
    all: () => [...proxies.values()],
    async stop() {
      await Promise.all([...proxies.values()].map((proxy) => proxy.stop()));
    },
  };
}
