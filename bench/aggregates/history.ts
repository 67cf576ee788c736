/** Writes of users of 151 countries, as their table's stream has them, and what a recount says after each batch. */
import { type UserRecord, userImage, userRecord } from '../user-image.ts';

export interface History {
  /** The next records of the shard: 30 of 100 inserts, 60 edits of which 6 change the country, 10 deletions. */
  next(length: number): readonly UserRecord[];
  /** Users by country, after all records so far. */
  expected(): ReadonlyMap<string, number>;
}

const countries = 151;

export function createHistory(random: () => number): History {
  const drawCountry = zipf(random);
  const users: { id: number; version: number; country: string }[] = [];
  let at = 0;

  function record(): UserRecord {
    at += 1;
    const draw = random();
    if (draw < 0.3 || users.length === 0) {
      const user = { id: at, version: 0, country: drawCountry() };
      users.push(user);
      return userRecord(at, { key: keyOf(user), newImage: userImage(user.id, user) });
    }
    const place = Math.floor(random() * users.length);
    const user = users[place] ?? { id: 0, version: 0, country: '' };
    const before = userImage(user.id, user);
    if (draw >= 0.9) {
      users.splice(place, 1);
      return userRecord(at, { key: keyOf(user), oldImage: before });
    }
    user.version += 1;
    if (random() < 0.1) user.country = drawCountry();
    return userRecord(at, { key: keyOf(user), oldImage: before, newImage: userImage(user.id, user) });
  }

  return {
    next: (length) => Array.from({ length }, record),
    expected: () => {
      const counts = new Map<string, number>();
      for (const { country } of users) counts.set(country, (counts.get(country) ?? 0) + 1);
      return counts;
    },
  };
}

function keyOf({ id }: { readonly id: number }): { readonly id: { readonly S: string } } {
  return { id: { S: `user-${id}` } };
}

/** Zipf's law with exponent 1: the second country has half as many users as the first. */
function zipf(random: () => number): () => string {
  const weights = Array.from({ length: countries }, (_, rank) => 1 / (rank + 1));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return () => {
    let left = random() * sum;
    const rank = weights.findIndex((weight) => {
      left -= weight;
      return left < 0;
    });
    return `C${rank === -1 ? countries - 1 : rank}`;
  };
}
