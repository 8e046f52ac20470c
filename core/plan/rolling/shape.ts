/** What stands in a journal of a rolling release's plan. */

import type { RollingPlan, StatefulSetSnapshot } from '../plan.ts';
import { each, fields, maybe, number, text } from '../shape/json.ts';
import { hardeningShape, PLAN_BASE } from '../shape/plan.ts';
import { numberOrText, templateShape, workloadShape } from '../shape/workloads.ts';

export const rollingShape = fields<RollingPlan>({
  ...PLAN_BASE,
  strategy: text,
  workload: workloadShape,
  template: maybe(templateShape),
  maxSurge: maybe(numberOrText),
  revisionsBefore: maybe(each(text)),
  statefulSet: maybe(
    fields<StatefulSetSnapshot>({
      updateStrategy: fields<StatefulSetSnapshot['updateStrategy']>({
        type: maybe(text),
        rollingUpdate: maybe(
          fields<NonNullable<StatefulSetSnapshot['updateStrategy']['rollingUpdate']>>({
            partition: maybe(number),
            maxUnavailable: maybe(numberOrText),
          }),
        ),
      }),
    }),
  ),
  hardening: maybe(hardeningShape),
});
