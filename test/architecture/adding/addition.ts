/** Something that is added to the product to see what it takes: its own file, and a line in a registry. */
export interface Addition {
  readonly what: string;
  /** Its own file, which must not exist yet. */
  readonly file: string;
  readonly text: string;
  readonly registry: {
    readonly file: string;
    /** `import { x } from './x.ts';` */
    readonly import: string;
    /** The line of the registry that opens it, such as `const CHANNELS = {`. */
    readonly after: string;
    readonly entry: string;
  };
  /** A program at the root of the tree that uses it as the stages do, and writes one JSON document. */
  readonly program: string;
  readonly writes: unknown;
}
