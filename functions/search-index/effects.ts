import type { Change } from '../../shared/change/change.ts';
import { InvalidRecordError } from '../../shared/change/invalid-record.ts';
import type { EntityDefinition, TableDefinition } from '../../shared/change/table-definition.ts';
import { documentFields, documentId } from '../../shared/sinks/search-index/document.ts';
import type { DocumentWrite } from '../../shared/sinks/search-index/sink.ts';

/** A change becomes the document of its new image; a change that leaves no item becomes a tombstone. */
export function searchIndexEffects(table: TableDefinition, entity: EntityDefinition) {
  return ({ op, keys, newImage }: Change): DocumentWrite => {
    const id = documentId(keys, table);
    if (op === 'remove' || op === 'expire') return { id };
    if (newImage === undefined) throw new InvalidRecordError('newImage', `is missing in a record of type ${op}`);
    return { id, fields: documentFields(newImage, entity) };
  };
}
