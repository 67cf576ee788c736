import type { AttributeMap } from '../../shared/change/attribute-value.ts';
import type { Change } from '../../shared/change/change.ts';
import { entityOf } from '../../shared/change/entity.ts';
import type { TableDefinition } from '../../shared/change/table-definition.ts';
import { type DocumentFields, documentFields, documentId } from '../../shared/sinks/search-index/document.ts';
import type { DocumentWrite } from '../../shared/sinks/search-index/sink.ts';

/**
 * A change becomes the document of its new image; one that leaves nothing to find becomes a tombstone. Items of no
 * declared entity are none of the index's business.
 */
export function searchIndexEffects(table: TableDefinition) {
  const fieldsOf = searchFields(table);
  return ({ keys, oldImage, newImage }: Change): DocumentWrite | undefined => {
    if (entityOf(table, newImage) === undefined && entityOf(table, oldImage ?? keys) === undefined) return undefined;
    const fields = newImage === undefined ? undefined : fieldsOf(newImage);
    return { id: documentId(keys, table), ...(fields === undefined ? {} : { fields }) };
  };
}

/** The searched attributes of an item; undefined when it is of no declared entity. */
export function searchFields(table: TableDefinition) {
  return (image: AttributeMap): DocumentFields | undefined => {
    const entity = entityOf(table, image);
    return entity === undefined ? undefined : documentFields(image, entity);
  };
}
