import type { Inventory } from './inventory.ts';

/** Something that loses, repeats or delays records when it is not so. */
export interface Rule {
  readonly name: string;
  /** What has to be, and what happens where it is not. */
  readonly meaning: string;
  /** The page of AWS's documentation that it follows from. */
  readonly source: string;
  problems(inventory: Inventory): readonly Problem[];
}

export interface Problem {
  readonly where: string;
  /** What is there. */
  readonly found: string;
}

export interface Finding extends Problem {
  readonly rule: Rule;
}
