/** The key `rollback`: the triggers that turn a release back, or warn. */
import type { ConfigIssue, Suggest } from '../../base/config-issue.ts';
import type { FromSchema } from '../../base/from-schema.ts';
import { LIST } from '../../base/schema-types.ts';
import { TRIGGER, triggerIssues } from '../../triggers/trigger-config.ts';

export const ROLLBACK = {
  type: 'object',
  additionalProperties: false,
  properties: {
    triggers: {
      ...LIST,
      items: TRIGGER,
      description: 'Default: error_rate above 10% for 3s. A profile adds its own.',
    },
  },
} as const;

type RollbackConfig = FromSchema<typeof ROLLBACK>;

/** `metrics` are the names of the config's own. */
export function rollbackIssues(
  { triggers = [] }: RollbackConfig = {},
  metrics: readonly string[],
  suggest: Suggest,
): ConfigIssue[] {
  return triggers.flatMap((trigger, index) =>
    triggerIssues(trigger, { path: `/rollback/triggers/${index}`, metrics, suggest }),
  );
}
