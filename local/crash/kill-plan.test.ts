import { describe, expect, it } from 'vitest';
import { createSeededRandom } from '../demo/seeded-random.ts';
import { laptopRegistry } from '../pipeline/laptop-registry.ts';
import { emailRegion, regionNames } from '../pipeline/names.ts';
import { engineOf, planKills, victims, writePoints } from './kill-plan.ts';

describe('a plan of kills', () => {
  it('is the same for the same seed, and another for another', () => {
    const of = (seed: number) => planKills(40, createSeededRandom(seed));
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
  });

  it('kills everything that can be killed within twenty kills', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const killed = new Set(planKills(20, createSeededRandom(seed)).map(({ victim }) => victim));
      expect(killed).toEqual(new Set(victims));
    }
  });

  it('kills a DynamoDB at writes that reach it only', () => {
    for (const { victim, moment } of planKills(400, createSeededRandom(1))) {
      if (victim !== 'dynamodb' || moment.at !== 'write') continue;
      for (const point of moment.points) {
        expect(['dynamodb', 'remoteDynamodb']).toContain(point.service);
        expect(engineOf(point) === point.region).toBe(point.service === 'dynamodb');
      }
    }
  });

  it('knows every function that writes, in every region where it runs', () => {
    const running = laptopRegistry.flatMap(({ name, runsIn }) =>
      regionNames.filter((region) => runsIn !== 'emailRegion' || region === emailRegion).map((region) => name + region),
    );
    expect(new Set(writePoints.map(({ consumer, region }) => consumer + region))).toEqual(new Set(running));
  });
});
