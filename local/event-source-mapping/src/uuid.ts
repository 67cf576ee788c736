const digits = '0123456789abcdef';
const places = 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx';

/** A version 4 UUID whose digits come from `random` (uniform in [0, 1)), so that a seeded run repeats it. */
export function uuidFrom(random: () => number): string {
  let uuid = '';
  for (const place of places) {
    if (place !== 'x' && place !== 'y') {
      uuid += place;
      continue;
    }
    const digit = Math.floor(random() * 16);
    uuid += digits[place === 'x' ? digit : (digit & 3) | 8];
  }
  return uuid;
}
