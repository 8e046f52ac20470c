/** A scanner's report, whatever its format: what it says of itself, and what it lists. */
import type { Instant } from '../../base/vocabulary.ts';

export interface ReportHead {
  readonly scanner: 'trivy' | 'grype';
  /** Undefined where it does not tell, or not in a way that can be relied on. */
  readonly createdAt: Instant | undefined;
  readonly databaseBuiltAt: Instant | undefined;
  /** The digest of the config of the image that was scanned: that of one platform. */
  readonly imageId: string | undefined;
  readonly operatingSystem: string | undefined;
  readonly endOfLife: boolean;
  /** Whether it says what it has looked at, and that is something. */
  readonly lookedAtPackages: boolean;
}
