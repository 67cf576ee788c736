import { type XmlElements, xmlDocument } from './xml.ts';

export interface S3Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

export function empty(status: number, headers: Readonly<Record<string, string>> = {}): S3Reply {
  return { status, headers };
}

export function xml(root: XmlElements, status = 200): S3Reply {
  return { status, headers: { 'content-type': 'application/xml' }, body: xmlDocument(root) };
}
