import type { Evidence } from './evidence.ts';

/** What the pipeline takes for granted about AWS, and how the evidence tells. */
export interface Check {
  readonly name: string;
  /** The page that says so. */
  readonly source: string;
  /** Problems, empty when it holds; `seen` is for people, whatever came out. */
  judge(evidence: Evidence): { readonly problems: readonly string[]; readonly seen: string };
}
