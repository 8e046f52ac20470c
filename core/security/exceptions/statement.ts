/** What a VEX document says of one vulnerability in one product, whatever its format. */
import type { Instant } from '../../base/vocabulary.ts';

export interface VexStatement {
  /** The vulnerability's names. */
  readonly names: readonly string[];
  /** Package URLs: of an image (`pkg:oci/…`), or of a package. Empty: of nothing that can be known. */
  readonly products: readonly string[];
  /** Packages in those products; empty: the products as a whole. */
  readonly parts: readonly string[];
  /** harmless: not affected, with a justification, or mended · harmful: affected, or not yet known. */
  readonly says: 'harmless' | 'harmful';
  readonly why: string;
  /** Later statements replace earlier ones. */
  readonly at: Instant | undefined;
}

/** What is wrong with a document. */
export type VexRead =
  | { readonly kind: 'read'; readonly statements: readonly VexStatement[] }
  | { readonly kind: 'malformed'; readonly why: string };
