/** Addresses for Services where nobody else gives them out: one after the other, never twice. */
export function addressesFrom(prefix: string): () => string {
  let given = 0;
  return () => {
    given += 1;
    return `${prefix}.${given >> 8}.${given & 255}`;
  };
}
