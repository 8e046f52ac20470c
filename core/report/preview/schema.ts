/**
 * The JSON schema (draft-07) of what pre-validation prints with `--output=json`, published as
 * docs/preview.schema.json. Keys are added and never change what they mean: programs read them.
 */
import type { FromSchema } from '../../base/from-schema.ts';

const TEXT = { type: 'string' } as const;
const COUNT = { type: 'integer', minimum: 0 } as const;

function described<About extends string>(description: About) {
  return { type: 'string', description } as const;
}

const ERROR = {
  type: 'object',
  additionalProperties: false,
  required: ['message', 'advice'],
  properties: { message: TEXT, advice: described('Empty where none is known') },
} as const;

const FINDING = {
  type: 'object',
  additionalProperties: false,
  required: ['check', 'verdict', 'message', 'advice', 'reason'],
  properties: {
    check: described('Its name in docs/preflight.md'),
    verdict: { enum: ['refused', 'warning', 'ignored'] },
    message: TEXT,
    advice: TEXT,
    reason: described('Why the release config ignores it; empty where it does not'),
  },
} as const;

const NEED = {
  type: 'object',
  additionalProperties: false,
  required: ['service', 'needs', 'range', 'runs'],
  properties: {
    service: described('Who needs it'),
    needs: described('What it needs: a Service, or database'),
    range: described('In which versions'),
    runs: { type: 'array', items: TEXT, description: 'What runs of `needs`; none: not known' },
  },
} as const;

const VERSIONS = {
  type: ['object', 'null'],
  description: 'null: nothing is written of versions, or it did not come to that',
  additionalProperties: false,
  required: ['stable', 'candidate', 'needs', 'neededBy'],
  properties: {
    stable: described('Empty where it is not known'),
    candidate: described('Empty where it is not known'),
    needs: { type: 'array', items: NEED },
    neededBy: { type: 'array', items: NEED, description: '`runs` is the candidate' },
  },
} as const;

const STEP = {
  type: 'object',
  additionalProperties: false,
  required: ['afterMs', 'kind', 'text'],
  properties: {
    afterMs: COUNT,
    kind: { enum: ['phase', 'action'] },
    text: described('The name of the phase, or what is done to the cluster'),
  },
} as const;

const PLAN = {
  type: ['object', 'null'],
  description: 'null: nothing would be released, or it did not come to that',
  additionalProperties: false,
  required: [
    'strategy',
    'from',
    'to',
    'steps',
    'podsBefore',
    'mostPods',
    'eachPod',
    'expectedOutcome',
    'expectedDurationMs',
    'reason',
    'migration',
  ],
  properties: {
    strategy: TEXT,
    from: described('The image that serves'),
    to: described('The image that would be released, with its digest where that is known'),
    steps: { type: 'array', items: STEP },
    podsBefore: COUNT,
    mostPods: COUNT,
    eachPod: described('What one of the extra pods asks for'),
    expectedOutcome: { enum: ['promoted', 'rolled-back', 'failed', 'unchanged', 'not-foreseen'] },
    expectedDurationMs: COUNT,
    reason: described('Why it would not be promoted; empty where it would'),
    migration: { enum: ['none', 'pending'] },
  },
} as const;

const SECURITY = {
  type: 'object',
  additionalProperties: false,
  required: ['verdict', 'digest', 'sameImage', 'told'],
  properties: {
    verdict: {
      enum: ['passed', 'warned', 'refused', 'undecided', 'not-asked', 'none'],
      description: 'Of security-scan in the same run; none: there is none, `told` says why',
    },
    digest: described('Of the image that was scanned; empty where there was none'),
    sameImage: { type: 'boolean', description: 'The image that would be released is that one' },
    told: described('In a line, with the counts of vulnerabilities'),
  },
} as const;

export const PREVIEW_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  $id: 'https://release.zero-downtime.dev/v1/preview.schema.json',
  title: 'ReleasePreview',
  type: 'object',
  additionalProperties: false,
  required: [
    'apiVersion',
    'kind',
    'release',
    'namespace',
    'service',
    'tag',
    'verdict',
    'exitCode',
    'code',
    'reason',
    'next',
    'note',
    'errors',
    'findings',
    'checked',
    'versions',
    'plan',
    'security',
  ],
  properties: {
    apiVersion: { const: 'release.zero-downtime.dev/v1' },
    kind: { const: 'ReleasePreview' },
    release: TEXT,
    namespace: TEXT,
    service: TEXT,
    tag: TEXT,
    verdict: {
      enum: ['passed', 'refused', 'bad-input', 'undecided'],
      description: 'undecided: the cluster did not answer, or another release holds the service',
    },
    exitCode: { enum: [0, 1, 2, 3, 4, 143] },
    code: described('One of docs/ends.md; empty where it passed'),
    reason: described('The same in full'),
    next: described('What to do next; empty where it passed'),
    note: described('What else there is to know, such as that this version runs already'),
    errors: { type: 'array', items: ERROR, description: 'All faults of the input at once' },
    findings: { type: 'array', items: FINDING, description: 'What refuses comes first' },
    checked: { type: 'array', items: TEXT, description: 'What was well, or can not be told' },
    versions: VERSIONS,
    plan: PLAN,
    security: SECURITY,
  },
} as const;

export type Preview = FromSchema<typeof PREVIEW_SCHEMA>;
