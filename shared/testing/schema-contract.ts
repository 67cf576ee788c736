import type { AttributeMap } from '../change/attribute-value.ts';
import type { Change } from '../change/change.ts';
import type { TableDefinition } from '../change/table-definition.ts';
import type { TotalDefinition } from '../sinks/aggregates/total-definition.ts';
import type { DocumentFields } from '../sinks/search-index/document.ts';
import type { DocumentWrite } from '../sinks/search-index/sink.ts';

/** A table as the contract needs to know it. What an item is, its author says here in words of his own. */
export interface SchemaUnderTest {
  readonly table: TableDefinition;
  readonly totals: readonly TotalDefinition[];
  /** Keys of distinct items, as DynamoDB writes them: few, so that each is written often, and odd. */
  readonly keys: readonly AttributeMap[];
  /** What one write may put into an item beside its key, of every declared entity and of none. */
  readonly contents: (choose: Choose, nowMs: number) => AttributeMap;
  /** Name of the declared entity that an item is. */
  readonly entityOf: (item: AttributeMap) => string | undefined;
}

/** The consumer under test: its effects for a table. */
export interface SearchConsumer {
  readonly effects: (table: TableDefinition) => (change: Change) => DocumentWrite | undefined;
  readonly fields: (table: TableDefinition) => (image: AttributeMap) => DocumentFields | undefined;
}

export interface Choose {
  /** Uniform, both ends included. */
  integer(min: number, max: number): number;
  pick<T>(values: readonly T[]): T;
  /** True once in `times`. */
  once(times: number): boolean;
}
