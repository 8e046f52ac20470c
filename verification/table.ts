/** Rows of text in columns as wide as they need to be. */

export function table(rows: readonly (readonly (string | number)[])[]): string[] {
  const width = (column: number): number =>
    Math.max(...rows.map((row) => String(row[column] ?? '').length));
  return rows.map((row) =>
    row
      .map((cell, column) => String(cell).padEnd(width(column) + 2))
      .join('')
      .trimEnd(),
  );
}
