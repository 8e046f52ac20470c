/** What is to be well around a release: backups, dependencies, nodes, what is left of an error budget. */
import { formatDuration } from '../../base/duration.ts';
import { foreignText } from '../../base/foreign-text.ts';
import type { Instant } from '../../base/vocabulary.ts';
import type { Asked, Dependency } from '../../config/sections/before/asked.ts';
import { condition } from '../../kubernetes/pods/pods.ts';
import { timeOf } from '../../kubernetes/time.ts';
import type { CronJob } from '../../kubernetes/workload-objects.ts';
import type { Measured } from '../../metrics/metric.ts';
import type { Node } from '../capacity/node.ts';
import type { Finding } from '../finding.ts';

export function checkBackup(
  { backup }: Asked,
  cronJobs: readonly CronJob[],
  at: Instant,
): Finding[] {
  if (!backup) return [];
  const refusal = (message: string): Finding[] => [
    {
      check: 'no-backup',
      severity: 'refuse',
      message,
      advice: `make one first: kubectl create job --from=cronjob/${backup.cronJob} ${backup.cronJob}-by-hand`,
    },
  ];
  const found = cronJobs.find(({ metadata }) => metadata.name === backup.cronJob);
  if (!found) return refusal(`there is no CronJob ${backup.cronJob}, which makes the backups`);
  const last = timeOf(found.status?.lastSuccessfulTime);
  if (last === undefined) return refusal(`CronJob ${backup.cronJob} has never made a backup`);
  const ageMs = at - last;
  if (ageMs <= backup.maxAgeMs) return [];
  return refusal(
    `the last backup of CronJob ${backup.cronJob} is ${formatDuration(ageMs)} old, and may be ${formatDuration(backup.maxAgeMs)}`,
  );
}

/** `faults`: what is wrong with each that does not do, by its name. */
export function checkDependencies(
  dependencies: readonly Dependency[],
  faults: ReadonlyMap<string, string>,
): Finding[] {
  return dependencies.flatMap(({ name, place }) => {
    const fault = faults.get(name);
    if (fault === undefined) return [];
    return [
      {
        check: 'dependency-away',
        severity: 'refuse',
        message: `${foreignText(name)}, which the service depends on, does not answer at ${foreignText(place)}: ${fault}`,
        advice:
          'see that it is there; it is asked by the pod of pre-validation, which network policies may keep from it',
      },
    ];
  });
}

const PRESSURES = ['MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;

export function checkPressure(nodes: readonly Node[]): Finding[] {
  const pressed = nodes.flatMap(({ metadata, status }) => {
    const under = PRESSURES.filter(
      (type) => condition(status?.conditions, type)?.status === 'True',
    );
    return under.length === 0 ? [] : [`${metadata.name} (${under.join(', ')})`];
  });
  if (pressed.length === 0) return [];
  return [
    {
      check: 'node-pressure',
      severity: 'warn',
      message: `nodes are under pressure, and evict pods: ${foreignText(pressed.join(', '))}`,
      advice: 'release when they are well again, or where others have room',
    },
  ];
}

export function checkErrorBudget(
  { errorBudget }: Asked,
  measured: Measured | undefined,
): Finding[] {
  if (!errorBudget || !measured) return [];
  const refusal = (message: string, advice: string): Finding[] => [
    { check: 'error-budget', severity: 'refuse', message, advice },
  ];
  if (measured.kind !== 'value') {
    const said = measured.kind === 'counted' ? 'it answers counters' : measured.why;
    return refusal(
      `what is left of the error budget is not known: ${said}`,
      'mend the query, or what it asks',
    );
  }
  if (measured.value >= errorBudget.least) return [];
  return refusal(
    `${Number(measured.value.toPrecision(3))} is left of the error budget, and ${errorBudget.least} has to be`,
    'release what mends the service alone, with this check set aside; all else when there is a budget again',
  );
}
