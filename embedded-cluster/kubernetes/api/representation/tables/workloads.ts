/** What runs pods. */

import { type LabelSelector, selectorText } from '../../../definitions/selectors.ts';
import type {
  CronJob,
  Deployment,
  Job,
  PodTemplate,
  ReplicaSet,
  StatefulSet,
} from '../../../shapes.ts';
import { age, type Column, columns, humanDuration, integer, listed, text, wide } from './table.ts';

function containerColumns<T>(templateOf: (object: T) => PodTemplate): Column<T>[] {
  const containersOf = (object: T) => templateOf(object).spec?.containers ?? [];
  return [
    wide(text('Containers', (object) => listed(containersOf(object).map(({ name }) => name)))),
    wide(text('Images', (object) => listed(containersOf(object).map(({ image }) => image)))),
  ];
}

function selectorColumn<T>(selectorOf: (object: T) => unknown): Column<T> {
  // In the form that every kind with a selector has it.
  return wide(text('Selector', (o) => selectorText(selectorOf(o) as LabelSelector) || '<none>'));
}

export const DEPLOYMENT_COLUMNS = columns<Deployment>(
  text('Ready', ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec.replicas ?? 1}`),
  integer('Up-to-date', ({ status }) => status?.updatedReplicas ?? 0),
  integer('Available', ({ status }) => status?.availableReplicas ?? 0),
  ...containerColumns<Deployment>(({ spec }) => spec.template),
  selectorColumn(({ spec }) => spec.selector),
);

export const REPLICA_SET_COLUMNS = columns<ReplicaSet>(
  integer('Desired', ({ spec }) => spec.replicas ?? 1),
  integer('Current', ({ status }) => status?.replicas ?? 0),
  integer('Ready', ({ status }) => status?.readyReplicas ?? 0),
  ...containerColumns<ReplicaSet>(({ spec }) => spec.template ?? {}),
  selectorColumn(({ spec }) => spec.selector),
);

export const STATEFUL_SET_COLUMNS = columns<StatefulSet>(
  text('Ready', ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec.replicas ?? 1}`),
  ...containerColumns<StatefulSet>(({ spec }) => spec.template),
);

export const JOB_COLUMNS = columns<Job>(
  text('Status', jobStatus),
  text('Completions', completions),
  text('Duration', ({ status }, nowMs) =>
    status?.startTime === undefined
      ? ''
      : humanDuration(
          (status.completionTime ? Date.parse(status.completionTime) : nowMs) -
            Date.parse(status.startTime),
        ),
  ),
  ...containerColumns<Job>(({ spec }) => spec.template),
  selectorColumn(({ spec }) => spec.selector),
);

function jobStatus({ metadata, status }: Job): string {
  const holds = (type: string): boolean =>
    status?.conditions?.some(
      (condition) => condition.type === type && condition.status === 'True',
    ) ?? false;
  if (holds('Complete')) return 'Complete';
  if (holds('Failed')) return 'Failed';
  if (metadata.deletionTimestamp) return 'Terminating';
  if (holds('Suspended')) return 'Suspended';
  if (holds('FailureTarget')) return 'FailureTarget';
  if (holds('SuccessCriteriaMet')) return 'SuccessCriteriaMet';
  return 'Running';
}

function completions({ spec, status }: Job): string {
  const succeeded = status?.succeeded ?? 0;
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec.parallelism ?? 1;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

export const CRON_JOB_COLUMNS = columns<CronJob>(
  text('Schedule', ({ spec }) => spec.schedule),
  text('Timezone', ({ spec }) => spec.timeZone ?? '<none>'),
  text('Suspend', ({ spec }) => (spec.suspend ? 'True' : 'False')),
  integer('Active', ({ status }) => status?.active?.length ?? 0),
  text('Last Schedule', ({ status }, nowMs) =>
    status?.lastScheduleTime ? age(status.lastScheduleTime, nowMs) : '<none>',
  ),
  ...containerColumns<CronJob>(({ spec }) => spec.jobTemplate.spec?.template ?? {}),
);
