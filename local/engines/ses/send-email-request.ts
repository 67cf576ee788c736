import type { OutgoingEmail } from '../../../shared/services/ses/port.ts';

type Read = { readonly email: OutgoingEmail } | { readonly problem: string };

/**
 * Reads the body of SendEmail: one recipient and simple content, all that the pipeline sends. Everything else is
 * refused with the reason instead of half understood.
 */
export function readSendEmail(body: unknown): Read {
  const simple = at(body, 'Content', 'Simple');
  if (simple === undefined) return { problem: 'This engine takes Content.Simple only.' };
  const from = textAt(body, 'FromEmailAddress');
  const recipients = at(body, 'Destination', 'ToAddresses');
  const to: unknown = Array.isArray(recipients) && recipients.length === 1 ? recipients[0] : undefined;
  if (from === undefined) return { problem: 'FromEmailAddress is missing.' };
  if (typeof to !== 'string') return { problem: 'This engine takes exactly one recipient in Destination.ToAddresses.' };
  const configurationSet = textAt(body, 'ConfigurationSetName');
  return {
    email: {
      from,
      to,
      subject: textAt(simple, 'Subject', 'Data') ?? '',
      text: textAt(simple, 'Body', 'Text', 'Data') ?? '',
      html: textAt(simple, 'Body', 'Html', 'Data') ?? '',
      tags: tagsOf(at(body, 'EmailTags')),
      ...(configurationSet === undefined ? {} : { configurationSet }),
    },
  };
}

function tagsOf(list: unknown): Record<string, string> {
  if (!Array.isArray(list)) return {};
  return Object.fromEntries(list.map((tag: unknown) => [textAt(tag, 'Name') ?? '', textAt(tag, 'Value') ?? '']));
}

function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (parent, name) =>
      typeof parent === 'object' && parent !== null ? new Map(Object.entries(parent)).get(name) : undefined,
    value,
  );
}
