/**
 * One attribute value as it travels in stream records and in DynamoDB's JSON protocol: numbers are decimal strings
 * (38 digits survive), binary is base64 text. Nothing is converted until somebody reads it.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_AttributeValue.html
 */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly string[] }
  | { readonly L: readonly AttributeValue[] }
  | { readonly M: AttributeMap };

/** An item, an image or a key: attribute name to value. */
export interface AttributeMap {
  readonly [name: string]: AttributeValue;
}
