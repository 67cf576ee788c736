/** What happened in a run, in order, as one number: equal digests are equal runs. */
export interface Digest {
  /** Takes note of one event. */
  add(event: string): void;
  /** 26 hexadecimal digits over everything so far. */
  value(): string;
}

/** Two multiplicative hashes side by side: a cryptographic one would take longer than the events themselves. */
export function createDigest(listen?: (event: string) => void): Digest {
  let [h1, h2] = [0xdeadbeef, 0x41c6ce57];
  let count = 0;
  return {
    add(event) {
      for (let index = 0; index < event.length; index += 1) {
        const code = event.charCodeAt(index);
        h1 = Math.imul(h1 ^ code, 2_654_435_761);
        h2 = Math.imul(h2 ^ code, 1_597_334_677);
      }
      h1 = Math.imul(h1 ^ (h1 >>> 16), 2_246_822_507) ^ (h2 >>> 13);
      h2 = Math.imul(h2 ^ (h2 >>> 16), 3_266_489_909) ^ (h1 >>> 13);
      count += 1;
      listen?.(event);
    },
    value: () => [h1, h2, count].map((part) => (part >>> 0).toString(16).padStart(8, '0')).join(''),
  };
}
