/** The welcome email in words. `name` is what somebody typed: it is cleaned for every place that it is put in. */
export function welcomeEmail(name: string | undefined): { subject: string; text: string; html: string } {
  const shown = presentable(name ?? '');
  const greeting = shown === '' ? 'Welcome!' : `Welcome, ${shown}!`;
  return {
    subject: greeting,
    text: [greeting, '', ...sentences].join('\n'),
    html: [
      '<!doctype html>',
      '<html lang="en"><head><meta charset="utf-8"></head><body>',
      ...[greeting, ...sentences].map((sentence) => `<p>${escapeHtml(sentence)}</p>`),
      '</body></html>',
    ].join('\n'),
  };
}

const sentences = ['Your account is ready.', 'You get this email because somebody signed up with your address.'];

/** A line break in a subject would start a header of its own, and a name of a thousand letters would be the subject. */
function presentable(name: string): string {
  const oneLine = name.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  const characters = [...oneLine];
  return characters.length <= 80 ? oneLine : `${characters.slice(0, 79).join('')}…`;
}

const entities: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities.get(character) ?? character);
}
