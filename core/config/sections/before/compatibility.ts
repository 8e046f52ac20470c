/** The key `compatibility`: what each version of the service needs, breaks, and may be reached from. */
import type { FromSchema } from '../../../base/from-schema.ts';
import { LIST } from '../../../base/schema-types.ts';

/** As npm writes them: `>=2.3 <4`, `^1.8`, `1.9.x`, `1.8 || >=2`. */
const RANGE = { type: 'string', format: 'version-range', minLength: 1, maxLength: 200 } as const;
const SENTENCES = {
  type: 'array',
  maxItems: 20,
  items: { type: 'string', minLength: 1, maxLength: 400 },
} as const;
/** Names of Services; `database` is the schema of the service's own. */
const NAMES = { pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', maxLength: 63 } as const;

const RULE = {
  type: 'object',
  additionalProperties: false,
  required: ['match'],
  properties: {
    match: { ...RANGE, description: 'Which versions of the service this is about.' },
    requires: {
      type: 'object',
      propertyNames: NAMES,
      maxProperties: 50,
      additionalProperties: RANGE,
      description:
        'What these versions need, by the names of Services of the namespace; database: its schema.',
    },
    breaking: {
      ...SENTENCES,
      description: 'What changes for others with these versions, in words.',
    },
    upgradeFrom: { ...RANGE, description: 'Which older versions may go to these at once.' },
    downgradeTo: { ...RANGE, description: 'Which older versions these may go back to.' },
    before: { ...SENTENCES, description: 'What people do before these versions are released.' },
    after: { ...SENTENCES, description: 'What people do once they are.' },
  },
} as const;

const BREAKING = ['warn', 'refuse'] as const;

export const COMPATIBILITY = {
  type: 'object',
  additionalProperties: false,
  description: 'Which versions go together. Default: not looked at.',
  properties: {
    versions: { ...LIST, items: RULE },
    stops: {
      ...LIST,
      items: RANGE,
      description: 'Versions that no upgrade passes by: it is released first.',
    },
    majorsAtOnce: {
      type: 'integer',
      minimum: 0,
      maximum: 100,
      description: 'How many major versions an upgrade may go up. Default: any.',
    },
    minorsAtOnce: {
      type: 'integer',
      minimum: 0,
      maximum: 1000,
      description: 'How many minor versions an upgrade within a major one may go up. Default: any.',
    },
    breakingChanges: {
      enum: BREAKING,
      description:
        'What becomes of a release that breaks something: refuse, or a warning. Default warn.',
    },
    elsewhere: {
      type: 'object',
      propertyNames: NAMES,
      maxProperties: 50,
      additionalProperties: { type: 'string', format: 'version', maxLength: 100 },
      description: 'What runs outside of the namespace, as somebody knows it: kafka: 3.7.0.',
    },
  },
} as const;

export type CompatibilityConfig = FromSchema<typeof COMPATIBILITY>;

/** What is written of some versions of one service. */
export interface VersionRule {
  /** Where it is written, for people: `versions[0] of the release config`. */
  readonly from: string;
  readonly match: string;
  readonly requires: Readonly<Record<string, string>>;
  readonly breaking: readonly string[];
  readonly upgradeFrom: string | undefined;
  readonly downgradeTo: string | undefined;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** What is known of the versions of one service. */
export interface VersionBook {
  readonly rules: readonly VersionRule[];
  readonly stops: readonly string[];
  readonly majorsAtOnce: number | undefined;
  readonly minorsAtOnce: number | undefined;
  readonly breakingChanges: (typeof BREAKING)[number];
  readonly elsewhere: Readonly<Record<string, string>>;
}

/** `from`: where it is written, for people. */
export function resolveCompatibility(written: CompatibilityConfig, from: string): VersionBook {
  const { versions = [], stops = [], majorsAtOnce, minorsAtOnce } = written;
  return {
    rules: versions.map((rule, index) => ({
      from: `versions[${index}] of ${from}`,
      match: rule.match,
      requires: rule.requires ?? {},
      breaking: rule.breaking ?? [],
      upgradeFrom: rule.upgradeFrom,
      downgradeTo: rule.downgradeTo,
      before: rule.before ?? [],
      after: rule.after ?? [],
    })),
    stops,
    majorsAtOnce,
    minorsAtOnce,
    breakingChanges: written.breakingChanges ?? 'warn',
    elsewhere: written.elsewhere ?? {},
  };
}

/** All of it holds: of two numbers the smaller, of two ways to take a break the stricter. */
export function together(books: readonly VersionBook[]): VersionBook {
  return {
    rules: books.flatMap(({ rules }) => rules),
    stops: [...new Set(books.flatMap(({ stops }) => stops))],
    majorsAtOnce: least(books.map(({ majorsAtOnce }) => majorsAtOnce)),
    minorsAtOnce: least(books.map(({ minorsAtOnce }) => minorsAtOnce)),
    breakingChanges: books.some(({ breakingChanges }) => breakingChanges === 'refuse')
      ? 'refuse'
      : 'warn',
    elsewhere: Object.assign({}, ...books.map(({ elsewhere }) => elsewhere)),
  };
}

function least(numbers: readonly (number | undefined)[]): number | undefined {
  const written = numbers.filter((each) => each !== undefined);
  return written.length === 0 ? undefined : Math.min(...written);
}
