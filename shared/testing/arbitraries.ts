import fc from 'fast-check';
import type { AttributeMap, AttributeValue } from '../change/attribute-value.ts';
import type { WireChange } from './record-builder.ts';

/** Fast-check arbitraries for what DynamoDB can hold. */

/** Texts of numbers with up to 38 significant digits, in every notation that DynamoDB accepts. */
export const decimalTexts: fc.Arbitrary<string> = fc
  .record({
    sign: fc.constantFrom('', '-', '+'),
    digits: fc.stringMatching(/^[0-9]{1,38}$/),
    point: fc.integer({ min: 0, max: 38 }),
    exponent: fc.constantFrom('', 'e3', 'E-5', 'e+20', 'E-60'),
  })
  .map(({ sign, digits, point, exponent }) => {
    const whole = digits.slice(0, point);
    const fraction = digits.slice(point);
    return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}${exponent}`;
  });

const base64Texts = fc.uint8Array({ maxLength: 24 }).map((bytes) => Buffer.from(bytes).toString('base64'));
const texts = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.constantFrom('', '__proto__', 'B', '"B":'));
const attributeNames = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
  fc.constantFrom('__proto__', 'constructor', 'B', 'NS'),
);

export const attributeValues: fc.Arbitrary<AttributeValue> = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    texts.map((S): AttributeValue => ({ S })),
    decimalTexts.map((N): AttributeValue => ({ N })),
    base64Texts.map((B): AttributeValue => ({ B })),
    fc.boolean().map((BOOL): AttributeValue => ({ BOOL })),
    fc.constant<AttributeValue>({ NULL: true }),
    fc.uniqueArray(texts, { minLength: 1, maxLength: 4 }).map((SS): AttributeValue => ({ SS })),
    fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 4 }).map((NS): AttributeValue => ({ NS: NS.map(String) })),
    fc.uniqueArray(base64Texts, { minLength: 1, maxLength: 4 }).map((BS): AttributeValue => ({ BS })),
    fc.array(tie('value'), { maxLength: 3 }).map((L): AttributeValue => ({ L })),
    fc.array(fc.tuple(attributeNames, tie('value')), { maxLength: 3 }).map((members): AttributeValue => {
      return { M: Object.fromEntries(members) };
    }),
  ),
})).value;

/** Keys of a table with a partition key of any type, named `id`. */
const keys: fc.Arbitrary<AttributeMap> = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }).map((S): AttributeMap => ({ id: { S } })),
  decimalTexts.map((N): AttributeMap => ({ id: { N } })),
  base64Texts.map((B): AttributeMap => ({ id: { B } })),
);

/** Images without keys. */
export const images: fc.Arbitrary<AttributeMap> = fc
  .array(fc.tuple(attributeNames, attributeValues), { maxLength: 6 })
  .map((members) => Object.fromEntries(members));

/** Changes of one item, keys in every image, as both sources would report them. */
export const itemChanges: fc.Arbitrary<WireChange> = fc
  .record({ Keys: keys, before: images, after: images, kind: fc.constantFrom('INSERT', 'MODIFY', 'REMOVE', 'EXPIRE') })
  .map(({ Keys, before, after, kind }): WireChange => {
    const oldImage = { ...before, ...Keys };
    const newImage = { ...after, ...Keys };
    if (kind === 'INSERT') return { eventName: 'INSERT', isTimeToLive: false, Keys, NewImage: newImage };
    if (kind === 'MODIFY') {
      return { eventName: 'MODIFY', isTimeToLive: false, Keys, OldImage: oldImage, NewImage: newImage };
    }
    return { eventName: 'REMOVE', isTimeToLive: kind === 'EXPIRE', Keys, OldImage: oldImage };
  });
