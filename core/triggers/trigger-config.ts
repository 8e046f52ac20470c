/** A trigger as a user writes it, under `rollback.triggers`. */
import type { ConfigIssue } from '../base/config-issue.ts';
import type { FromSchema } from '../base/from-schema.ts';
import { withOneOf } from '../base/schema-parts.ts';
import type { TriggerPlace } from './kinds/kind.ts';
import { CHOICES, KIND_KEYS, kindIn, kindIssues, rulesOf } from './kinds/registry.ts';
import { COMMON } from './kinds/shared-keys.ts';

export const TRIGGER = withOneOf(
  {
    type: 'object',
    additionalProperties: false,
    properties: { ...KIND_KEYS, ...COMMON },
  } as const,
  CHOICES,
);

export type TriggerConfig = FromSchema<typeof TRIGGER>;

/** What is wrong with a trigger although the schema accepts each of its keys. */
export function triggerIssues(trigger: TriggerConfig, place: TriggerPlace): ConfigIssue[] {
  const { keys, common, title } = rulesOf(kindIn(trigger));
  const understood = [...Object.keys(keys), ...common];
  const foreign = Object.keys(trigger).filter((key) => !understood.includes(key));
  return [
    ...foreign.map((key) => ({
      path: `${place.path}/${key}`,
      message: `has no meaning for a trigger on ${title}`,
    })),
    ...kindIssues(trigger, place),
  ];
}
