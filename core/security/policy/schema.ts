/**
 * The key `security` of a release config, and of the installer's policy, which has the same keys. A part
 * that is not written is not asked for.
 */

import type { FromSchema } from '../../base/from-schema.ts';
import { REPOSITORY } from '../../base/image.ts';
import { DURATION } from '../../base/schema-types.ts';
import { THRESHOLDS } from '../severity.ts';

const BLOCK_OR_IGNORE = { enum: ['block', 'ignore'] } as const;

const GATES = {
  type: 'object',
  additionalProperties: false,
  description: 'Where it is written, a report of the image is required.',
  properties: {
    failOn: { enum: THRESHOLDS, description: 'The least severity that blocks. Default high.' },
    unfixed: { ...BLOCK_OR_IGNORE, description: 'Where no version mends it. Default block.' },
    unknownSeverity: {
      ...BLOCK_OR_IGNORE,
      description: 'Where no one has rated it. Default block.',
    },
    newOnly: {
      type: 'boolean',
      description:
        'Blocks only what the image that serves now does not have, by its report. Default false.',
    },
    setAside: {
      enum: ['count', 'accept'],
      description:
        'What the scanner itself set aside, by its own ignore file or VEX: counts all the same, or is accepted. Default count.',
    },
    maxReportAge: { ...DURATION, description: 'Default 24h.' },
    maxDatabaseAge: {
      ...DURATION,
      description:
        "Of the scanner's database. Default 120h where the report tells it; where it is written, it has to be told.",
    },
    platforms: {
      type: 'array',
      minItems: 1,
      maxItems: 20,
      items: { type: 'string', pattern: '^[a-z0-9]+/[a-z0-9]+(/[a-z0-9.]+)?$' },
      description: 'Those that need a report: linux/amd64. Default: all that the image has.',
    },
    knownExploited: {
      ...BLOCK_OR_IGNORE,
      description:
        'Known to be exploited, whatever its severity, where the report tells. Default block.',
    },
    epss: {
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 1,
      description:
        'As likely to be exploited as this blocks, whatever its severity. Default: none does.',
    },
    licences: {
      type: 'array',
      maxItems: 200,
      items: { type: 'string', minLength: 1, maxLength: 100 },
      description: 'Licences that no package may have, by their SPDX ids, where the report tells.',
    },
  },
} as const;

const FORMATS = ['legacy', 'bundle'] as const;
export type SignatureFormat = (typeof FORMATS)[number];

const SIGNATURES = {
  type: 'object',
  additionalProperties: false,
  description: 'Where it is written, the image has to be signed. Keys, identities, or both.',
  properties: {
    mode: {
      enum: ['any', 'all'],
      description: 'One of the keys and identities has to have signed, or each. Default any.',
    },
    keys: {
      type: 'array',
      minItems: 1,
      maxItems: 20,
      items: { type: 'string', maxLength: 4096, pattern: '^-----BEGIN PUBLIC KEY-----\\s' },
      description: 'Public keys in PEM, as cosign.pub has them.',
    },
    formats: {
      type: 'array',
      minItems: 1,
      items: { enum: FORMATS },
      description:
        'legacy: the tag sha256-….sig; bundle: a Sigstore bundle beside the image. Default: both.',
    },
    identities: {
      type: 'array',
      minItems: 1,
      maxItems: 20,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['issuer', 'subject'],
        properties: {
          issuer: { type: 'string', minLength: 1, maxLength: 500 },
          subject: {
            type: 'string',
            minLength: 1,
            maxLength: 500,
            description: 'The whole e-mail address or URI of the certificate.',
          },
        },
      },
      description: 'Of certificates, where signatures have no key. They need trustRoot.',
    },
    trustRoot: {
      type: 'string',
      pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
      maxLength: 100,
      description:
        "A Sigstore trusted root (JSON): a file of the workspace evidence; of the installer's policy a key of its ConfigMap.",
    },
  },
} as const;

const ATTESTATION_TYPES = ['vuln', 'spdx', 'cyclonedx', 'slsa-provenance'] as const;
export type AttestationType = (typeof ATTESTATION_TYPES)[number];

const ATTESTATIONS = {
  type: 'array',
  maxItems: 10,
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['type'],
    properties: {
      type: { enum: ATTESTATION_TYPES },
      builders: {
        type: 'array',
        minItems: 1,
        items: { type: 'string', minLength: 1, maxLength: 500 },
        description: 'Of slsa-provenance: the ids of builders, one of which has to have built it.',
      },
    },
  },
  description: 'What has to come with the image, signed as security.signatures says.',
} as const;

const POD_SECURITY = {
  type: 'object',
  additionalProperties: false,
  description: 'Where it is written, the pod template is looked at.',
  properties: {
    level: {
      enum: ['restricted', 'baseline', 'privileged'],
      description: 'Of the Pod Security Standards. Default restricted.',
    },
    version: {
      type: 'string',
      pattern: '^(latest|v1\\.\\d{1,3})$',
      description: 'Of the standards: v1.31. Default latest.',
    },
    failOn: { enum: THRESHOLDS, description: 'The least severity that blocks. Default high.' },
  },
} as const;

const EXCEPTIONS = {
  type: 'array',
  maxItems: 200,
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['id', 'scope', 'owner', 'reason', 'expires'],
    properties: {
      id: {
        type: 'string',
        pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]{2,99}$',
        description: 'A finding (K8S004) or a vulnerability (CVE-2024-3094); no wildcards.',
      },
      scope: {
        type: 'object',
        additionalProperties: false,
        minProperties: 1,
        properties: {
          purl: { type: 'string', pattern: '^pkg:[^*]+$', maxLength: 500 },
          path: { type: 'string', minLength: 1, maxLength: 500 },
          digest: { type: 'string', pattern: '^sha256:[0-9a-f]{64}$' },
          workload: { type: 'string', minLength: 1, maxLength: 253 },
        },
        description:
          'What it is about; all that is written has to match. purl without a version is any version.',
      },
      owner: { type: 'string', minLength: 1, maxLength: 200 },
      reason: { type: 'string', minLength: 1, maxLength: 1000 },
      expires: {
        type: 'string',
        maxLength: 40,
        description: 'RFC 3339 with a zone, at most 90 days from now: 2026-12-31T00:00:00Z.',
      },
    },
  },
} as const;

export const SECURITY = {
  type: 'object',
  additionalProperties: false,
  description:
    'What security-scan asks of the image and its pods before anything is released. Default: nothing.',
  properties: {
    enforce: {
      enum: ['block', 'warn'],
      description: 'warn tells what would block, in every record, and lets it pass. Default block.',
    },
    gates: GATES,
    signatures: SIGNATURES,
    attestations: ATTESTATIONS,
    podSecurity: POD_SECURITY,
    networkPolicies: {
      enum: ['block', 'warn'],
      description: 'Whether the pods need network policies. Default: they are not looked at.',
    },
    registries: {
      type: 'array',
      minItems: 1,
      maxItems: 50,
      items: { type: 'string', pattern: REPOSITORY, maxLength: 255 },
      description:
        'Where the image may come from: registry.example.com/team allows what is below it. Default: anywhere.',
    },
    exceptions: EXCEPTIONS,
    vex: {
      type: 'array',
      maxItems: 20,
      items: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$', maxLength: 100 },
      description:
        "OpenVEX or CSAF documents, read as exceptions: files of the workspace evidence; of the installer's policy keys of its ConfigMap.",
    },
  },
} as const;

export type SecurityConfig = FromSchema<typeof SECURITY>;
