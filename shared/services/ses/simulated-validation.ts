/**
 * Why SES would refuse this address, or undefined. Deliberately no full grammar of RFC 5322: an optional display name,
 * then a local part and a domain as SES accepts them (ASCII, one `@`, no blanks, labels of letters, digits and `-`).
 */
export function invalidAddress(address: string): string | undefined {
  const bare = /^[^<>]*<([^<>]*)>$/.exec(address)?.[1] ?? address;
  const parts = /^([!-?A-~]{1,64})@([A-Za-z0-9.-]{1,255})$/.exec(bare);
  const labels = parts?.[2]?.split('.') ?? [];
  const fine =
    labels.length > 1 && labels.every((label) => /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label));
  return fine ? undefined : 'Missing or malformed email address.';
}

/** @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_MessageTag.html */
export function invalidTag(tags: Readonly<Record<string, string>>): string | undefined {
  const allowed = /^[A-Za-z0-9_-]{1,256}$/;
  const name = Object.entries(tags).find(([key, value]) => !allowed.test(key) || !allowed.test(value))?.[0];
  return name === undefined
    ? undefined
    : `Invalid email tag ${name}: only ASCII letters, digits, underscores and dashes, at most 256.`;
}
