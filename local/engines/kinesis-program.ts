/**
 * Places in the Kinesis engine's program (compiled from Scala) that cost most of its time, and what stands there
 * instead. Names and numbers are those of the installed version; each place occurs once.
 */
const places: readonly { readonly found: string; readonly instead: string }[] = [
  // Each put looks a shard up by itself and all its records, and hashes every one of them: 10,000 records bring the
  // engine down to a fifth of its speed, and on. A pair with a list is found as well by the hash of its first part.
  {
    found: 'return $m_s_util_hashing_MurmurHash3$().Q(this, (-116390334), true);',
    instead:
      'return (this.n() instanceof $c_sci_Vector) ? $m_sr_Statics$().E(this.m()) : ' +
      '$m_s_util_hashing_MurmurHash3$().Q(this, (-116390334), true);',
  },
  // Text is made of characters one by one, each step a string of its own: a record read is a thousand of them.
  {
    found: `  while ((i !== end)) {
    result = (result + ("" + $cToS(value.a[i])));
    i = ((1 + i) | 0);
  }`,
    instead: `  for (; i < end; i += 8192) {
    result += String.fromCharCode.apply(null, value.a.subarray(i, Math.min(end, i + 8192)));
  }`,
  },
];

/** How many places of the program are known to be slow. */
export const slowPlaces = places.length;

/**
 * The program with its slow places replaced; it does the same. A place that reads differently is left as it is, and is
 * merely slow.
 *
 * @returns with the number of places that were replaced
 */
export function speedUp(program: string): { readonly program: string; readonly replaced: number } {
  let replaced = 0;
  const faster = places.reduce(
    (text, { found, instead }) =>
      text.replace(found, () => {
        replaced += 1;
        return instead;
      }),
    program,
  );
  return { program: faster, replaced };
}
