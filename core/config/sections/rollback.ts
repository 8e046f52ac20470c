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
  return [
    ...triggers.flatMap((trigger, index) =>
      triggerIssues(trigger, { path: `/rollback/triggers/${index}`, metrics, suggest }),
    ),
    ...ambiguousIssues(triggers),
  ];
}

/** A dependency is asked once for all triggers on it: by its name its answer is found again. */
function ambiguousIssues(triggers: NonNullable<RollbackConfig['triggers']>): ConfigIssue[] {
  const urls = new Map<string, string>();
  return triggers.flatMap(({ dependency }, index) => {
    if (dependency?.url === undefined) return [];
    const { name, url } = dependency;
    const first = urls.get(name) ?? url;
    urls.set(name, first);
    const path = `/rollback/triggers/${index}/dependency/url`;
    const message = 'is another than that of an earlier trigger on a dependency of the same name';
    return url === first ? [] : [{ path, message }];
  });
}
