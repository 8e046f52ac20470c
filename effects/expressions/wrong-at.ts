/** Where an expression stops being one: a place in it, and nothing of what stands there. */
export function wrongAt(text: string, at: number): string {
  return at >= text.trimEnd().length ? 'it ends too early' : `wrong at character ${at + 1}`;
}
