import fc from 'fast-check';

// The cases that property tests draw are the same in each run, so that a change is judged by what it changed; with
// PROPERTY_SEED=random, or a number that a failure printed, they are others.
const { PROPERTY_SEED = '1' } = process.env;
if (PROPERTY_SEED !== 'random') {
  const seed = Number(PROPERTY_SEED);
  if (!Number.isSafeInteger(seed))
    throw new Error(`PROPERTY_SEED=${PROPERTY_SEED} is neither a whole number nor "random".`);
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
}
