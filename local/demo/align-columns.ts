/** Lines with columns of equal width: so many of words, which go to the left, then numbers. */
export function alignColumns(rows: readonly (readonly (string | number)[])[], words: number): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column < words ? String(cell).padEnd(width) : String(cell).padStart(width);
      })
      .join('  '),
  );
}
