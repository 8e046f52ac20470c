/** What keeps a document from being read. */
export class PiecesFault extends Error {
  readonly kind: 'malformed' | 'too-large';

  constructor(kind: 'malformed' | 'too-large', why: string) {
    super(why);
    this.kind = kind;
  }
}
