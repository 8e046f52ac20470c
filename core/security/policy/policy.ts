/** What is asked of an image and its pods, everything decided; durations in milliseconds. */
import { durationMs } from '../../base/duration.ts';
import type { Instant } from '../../base/vocabulary.ts';
import type { Threshold } from '../severity.ts';
import { zonedTimeOf } from '../time.ts';
import type { AttestationType, SecurityConfig, SignatureFormat } from './schema.ts';

export interface Gates {
  readonly failOn: Threshold;
  readonly unfixed: 'block' | 'ignore';
  readonly unknownSeverity: 'block' | 'ignore';
  readonly newOnly: boolean;
  readonly setAside: 'count' | 'accept';
  readonly maxReportAgeMs: number;
  readonly maxDatabaseAgeMs: number;
  /** Whether a report that does not tell the age of its database is refused. */
  readonly databaseAgeRequired: boolean;
  /** Undefined: all that the image has. */
  readonly platforms: readonly string[] | undefined;
  readonly knownExploited: 'block' | 'ignore';
  readonly epss: number | undefined;
  readonly licences: readonly string[];
}

/** Who has written a part of the policy: files are looked for where he keeps them. */
export type Author = 'installer' | 'release config';

export interface Identity {
  readonly issuer: string;
  readonly subject: string;
}

export interface SignatureRule {
  readonly author: Author;
  readonly mode: 'any' | 'all';
  readonly keys: readonly string[];
  readonly formats: readonly SignatureFormat[];
  readonly identities: readonly Identity[];
  readonly trustRoot: string | undefined;
}

export interface AttestationRule {
  /** Whose keys and identities have to have signed it. */
  readonly author: Author;
  readonly type: AttestationType;
  readonly builders: readonly string[];
}

export type PodSecurityLevel = 'restricted' | 'baseline' | 'privileged';

export interface PodSecurityRule {
  readonly level: PodSecurityLevel;
  /** The minor version of Kubernetes whose standards count; undefined: the latest. */
  readonly minor: number | undefined;
  readonly failOn: Threshold;
}

export interface Scope {
  readonly purl?: string;
  readonly path?: string;
  readonly digest?: string;
  readonly workload?: string;
}

export interface Exception {
  readonly id: string;
  readonly scope: Scope;
  readonly owner: string;
  readonly reason: string;
  readonly expires: Instant;
}

export interface VexFile {
  readonly author: Author;
  readonly name: string;
}

export interface SecurityPolicy {
  readonly enforce: 'block' | 'warn';
  readonly gates: Gates | undefined;
  /** Each of them has to hold. */
  readonly signatures: readonly SignatureRule[];
  readonly attestations: readonly AttestationRule[];
  readonly podSecurity: PodSecurityRule | undefined;
  readonly networkPolicies: 'block' | 'warn' | undefined;
  /** Each list has to allow the repository. */
  readonly registries: readonly (readonly string[])[];
  readonly exceptions: readonly Exception[];
  readonly vex: readonly VexFile[];
}

/** grype's own limit, `GRYPE_DB_MAX_ALLOWED_BUILT_AGE`. */
const DATABASE_AGE = '120h';

/** Expects a section that the schema and issues.ts have accepted. */
export function resolvePolicy(written: SecurityConfig, author: Author): SecurityPolicy {
  const { signatures, podSecurity, registries } = written;
  return {
    enforce: written.enforce ?? 'block',
    gates: written.gates && resolveGates(written.gates),
    signatures: signatures
      ? [
          {
            author,
            mode: signatures.mode ?? 'any',
            keys: signatures.keys ?? [],
            formats: signatures.formats ?? ['legacy', 'bundle'],
            identities: signatures.identities ?? [],
            trustRoot: signatures.trustRoot,
          },
        ]
      : [],
    attestations: (written.attestations ?? []).map(({ type, builders = [] }) => ({
      author,
      type,
      builders,
    })),
    podSecurity: podSecurity && {
      level: podSecurity.level ?? 'restricted',
      minor: minorOf(podSecurity.version),
      failOn: podSecurity.failOn ?? 'high',
    },
    networkPolicies: written.networkPolicies,
    registries: registries ? [registries] : [],
    exceptions: (written.exceptions ?? []).flatMap(({ expires, ...rest }) => {
      const at = zonedTimeOf(expires);
      return at === undefined ? [] : [{ ...rest, expires: at }];
    }),
    vex: (written.vex ?? []).map((name) => ({ author, name })),
  };
}

function resolveGates(written: NonNullable<SecurityConfig['gates']>): Gates {
  return {
    failOn: written.failOn ?? 'high',
    unfixed: written.unfixed ?? 'block',
    unknownSeverity: written.unknownSeverity ?? 'block',
    newOnly: written.newOnly ?? false,
    setAside: written.setAside ?? 'count',
    maxReportAgeMs: durationMs(written.maxReportAge, '24h'),
    maxDatabaseAgeMs: durationMs(written.maxDatabaseAge, DATABASE_AGE),
    databaseAgeRequired: written.maxDatabaseAge !== undefined,
    platforms: written.platforms,
    knownExploited: written.knownExploited ?? 'block',
    epss: written.epss,
    licences: written.licences ?? [],
  };
}

function minorOf(version = 'latest'): number | undefined {
  return version === 'latest' ? undefined : Number(version.slice('v1.'.length));
}
