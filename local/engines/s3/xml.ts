/** A child is text, a number, a truth value or elements; an array repeats its element; undefined leaves it out. */
export type XmlContent = string | number | boolean | undefined | XmlElements | readonly XmlElements[];

export interface XmlElements {
  readonly [name: string]: XmlContent;
}

/** A whole document; `root` has one element. */
export function xmlDocument(root: XmlElements): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${elements(root)}`;
}

function elements(parent: XmlElements): string {
  return Object.entries(parent)
    .flatMap(([name, content]) => (isList(content) ? content : [content]).map((one) => element(name, one)))
    .join('');
}

function isList(content: XmlContent): content is readonly XmlElements[] {
  return Array.isArray(content);
}

function element(name: string, content: Exclude<XmlContent, readonly XmlElements[]>): string {
  if (content === undefined) return '';
  return `<${name}>${typeof content === 'object' ? elements(content) : escapeXml(String(content))}</${name}>`;
}

// Line breaks and the like are legal in keys and must survive the parser's normalisation.
function escapeXml(text: string): string {
  return text.replace(/[&<>"'\p{Cc}]/gu, (character) => `&#x${character.codePointAt(0)?.toString(16)};`);
}

const namedEntities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The texts of all elements of that name. For flat documents written by SDKs, which have no attributes or comments. */
export function xmlTexts(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text]) => unescapeXml(text ?? ''));
}

function unescapeXml(text: string): string {
  return text.replace(/&(#x?)?(\w+);/g, (whole, numeric: string | undefined, name: string) => {
    if (numeric === undefined) return namedEntities[name] ?? whole;
    const code = Number.parseInt(name, numeric === '#x' ? 16 : 10);
    return code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
