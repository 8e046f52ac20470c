/** The key `workload`: what of the cluster is released, and what else may be touched by it. */
import type { FromSchema } from '../../base/from-schema.ts';
import { LIST, NAME } from '../../base/schema-types.ts';

export const WORKLOAD = {
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
      ...LIST,
      uniqueItems: true,
      items: NAME,
      description:
        'Other Services of the same pods that do not move with a release: they reach both versions while both run. Default: all move.',
    },
  },
} as const;

type WorkloadConfig = FromSchema<typeof WORKLOAD>;

export interface WorkloadSettings {
  readonly name: string | undefined;
  readonly container: string | undefined;
  /** Why two versions may run at once where the workload looks as if they must not. */
  readonly allowTwoVersions?: string | undefined;
  /** What becomes of pods of others that the Service reaches, where a release narrows it. */
  readonly others: 'refuse' | 'exclude';
  /** Services of the same pods that a release does not touch. */
  readonly leaveServices: readonly string[];
}

export function resolveWorkload({
  name,
  container,
  allowTwoVersions,
  others = 'refuse',
  leaveServices = [],
}: WorkloadConfig = {}): WorkloadSettings {
  return { name, container, allowTwoVersions, others, leaveServices };
}
