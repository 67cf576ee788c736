/** Compares as the engine does: character by character, by all its upper and lower case forms, in no language. */
export function sameIgnoringCase(operand: string): (text: string) => boolean {
  const wanted = folded(operand);
  return (text) => folded(text) === wanted;
}

function folded(text: string): string {
  return Array.from(text, (character) => single(single(character, 'toUpperCase'), 'toLowerCase')).join('');
}

/** A character that becomes two in the other case is left as it is: it has no counterpart of its own. */
function single(character: string, change: 'toUpperCase' | 'toLowerCase'): string {
  const changed = character[change]();
  return changed.length === character.length ? changed : character;
}
