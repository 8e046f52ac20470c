/**
 * The release config's JSON schema (draft-07): what the steps check, what editors complete from
 * (published as docs/release.schema.json) and what the reference is made of. Formats: `duration` is
 * a Go duration, `share` a percentage such as `5%` or a fraction such as `0.05`, `count-or-share` a
 * whole number or a percentage, `factor` a multiple such as `2x`.
 */

import { SCHEMES } from '../base/check.ts';
import { REPOSITORY } from '../base/image.ts';
import { DURATION, METHOD, NAME, PATH, PORT } from '../base/schema-types.ts';
import { NOTIFICATION_EVENTS } from './release-config.ts';
import { ANALYSIS } from './sections/analysis.ts';
import { DRAIN } from './sections/drain.ts';
import { PREFLIGHT } from './sections/preflight.ts';
import { PROBER } from './sections/prober.ts';
import { ROLLBACK } from './sections/rollback.ts';
import { STRATEGY, TRAFFIC } from './sections/strategy.ts';

const SMOKE = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'path'],
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 63 },
    path: PATH,
    method: { ...METHOD, description: 'Default GET.' },
    scheme: {
      enum: SCHEMES,
      description:
        'H2C is HTTP/2 without TLS; certificates are not verified. Default: as the readiness probe or the appProtocol of the Service has it, or HTTP.',
    },
    port: {
      ...PORT,
      description:
        'Of the pods. Default: the port the Service sends to. The Service is asked at its own port that leads there, if it has one.',
    },
    headers: { type: 'object', additionalProperties: { type: 'string' } },
    body: { type: 'string' },
    timeout: { ...DURATION, description: 'Default 5s.' },
    expect: {
      type: 'object',
      additionalProperties: false,
      properties: {
        status: { type: 'integer', minimum: 100, maximum: 599, description: 'Default: any 2xx.' },
        contains: { type: 'string', description: 'A text that the body must contain.' },
      },
    },
  },
} as const;

const NOTIFICATION = {
  type: 'object',
  additionalProperties: false,
  required: ['type'],
  properties: {
    type: { enum: ['webhook'] },
    url: { type: 'string', pattern: '^https?://' },
    urlFile: {
      type: 'string',
      description: 'A file in the workspace `secrets` that holds the URL, where that is a secret.',
    },
    events: {
      type: 'array',
      uniqueItems: true,
      items: { enum: NOTIFICATION_EVENTS },
      description: 'Default: all.',
    },
  },
  oneOf: [{ required: ['url'] }, { required: ['urlFile'] }],
} as const;

export const RELEASE_CONFIG_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  $id: 'https://release.zero-downtime.dev/v1/release.schema.json',
  title: 'ReleaseConfig',
  type: 'object',
  additionalProperties: false,
  required: ['apiVersion', 'kind'],
  properties: {
    apiVersion: { const: 'release.zero-downtime.dev/v1' },
    kind: { const: 'ReleaseConfig' },
    workload: {
      type: 'object',
      additionalProperties: false,
      properties: {
        name: { ...NAME, description: 'Default: the Deployment that the Service reaches.' },
        container: {
          ...NAME,
          description: 'Default: the only one, or the one named as the service.',
        },
        allowTwoVersions: {
          type: 'string',
          minLength: 1,
          description:
            'Why two versions may run at once although the Deployment has the strategy Recreate, or a volume that one pod or one node may hold. Default: they may not.',
        },
        others: {
          enum: ['refuse', 'exclude'],
          description:
            'Pods of others that the Service leads to, where a release narrows it to one workload: exclude leaves them without its requests. Default refuse.',
        },
        leaveServices: {
          type: 'array',
          uniqueItems: true,
          items: NAME,
          description:
            'Other Services of the same pods that do not move with a release: they reach both versions while both run. Default: all move.',
        },
      },
    },
    image: {
      type: 'object',
      additionalProperties: false,
      properties: {
        repository: {
          type: 'string',
          pattern: REPOSITORY,
          maxLength: 255,
          description: "Default: the running image's.",
        },
      },
    },
    strategy: STRATEGY,
    traffic: TRAFFIC,
    drain: DRAIN,
    preflight: PREFLIGHT,
    prober: PROBER,
    analysis: ANALYSIS,
    rollback: ROLLBACK,
    limits: {
      type: 'object',
      additionalProperties: false,
      properties: {
        maxDuration: { ...DURATION, description: 'Of the deploy stage. Default 35m.' },
        readyTimeout: {
          ...DURATION,
          description:
            'For new pods to become ready; counted anew from each that does. Default 10m.',
        },
        schedulingTimeout: {
          ...DURATION,
          description:
            'For a new pod to find a node. Default 30s; longer where an autoscaler adds nodes.',
        },
        viewAge: {
          ...DURATION,
          description:
            'What is seen of the cluster may be so old; on what is older nothing goes forward, and after analysis.unmeasurableLimit it goes back. At least 45s. Default 60s.',
        },
        apiAway: {
          ...DURATION,
          description:
            'So long a release holds where the API server does not answer anybody. Default 10m.',
        },
      },
    },
    smoke: {
      type: 'array',
      items: SMOKE,
      description:
        'Default: what the readiness probe asks, of every new pod and of the Service. An empty list: nothing.',
    },
    notifications: { type: 'array', items: NOTIFICATION },
  },
} as const;
