const listeners = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `listener` when the signal aborts, unless the returned function was called before. A signal that lives for days
 * has thousands come and go in a second; with `addEventListener` that takes longer than what they wait for.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  const those = listeners.get(signal) ?? listenersOf(signal);
  those.add(listener);
  return () => void those.delete(listener);
}

function listenersOf(signal: AbortSignal): Set<() => void> {
  const those = new Set<() => void>();
  listeners.set(signal, those);
  signal.addEventListener(
    'abort',
    () => {
      for (const listener of those) listener();
    },
    { once: true },
  );
  return those;
}
