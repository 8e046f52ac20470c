/** What releases become as metrics: docs/delivery-metrics.md has the list. */
import { type DoraFigures, doraOf, type Window } from './dora.ts';
import { type Family, type Labels, labelText } from './exposition.ts';
import type { Released } from './released.ts';

/** `window`: what the figures of delivery are of; the counters are of all releases. */
export function familiesOf(all: readonly Released[], window: Window): readonly Family[] {
  return [...counters(all), ...lastOnes(all), ...delivery(all, window)];
}

function counters(all: readonly Released[]): Family[] {
  return [
    {
      name: 'deployment_total',
      type: 'counter',
      help: 'Releases that have ended',
      samples: summed(all, ({ strategy, outcome }) => ({ strategy, outcome })),
    },
    {
      name: 'deployment_rollback_total',
      type: 'counter',
      help: 'Releases that were rolled back, by the code of docs/ends.md',
      samples: summed(
        all.filter(({ outcome }) => outcome === 'rolled-back'),
        ({ code }) => ({ reason: code }),
      ),
    },
    {
      name: 'deployment_failed_requests_total',
      type: 'counter',
      help: 'Requests that failed at least while releases were under way, as far as it was seen',
      samples: summed(
        all,
        () => ({}),
        ({ failedRequests = 0 }) => failedRequests,
      ),
    },
  ];
}

/** Of the last release of each service. */
function lastOnes(all: readonly Released[]): Family[] {
  const last = byService(all).flatMap((releases) => releases.at(-1) ?? []);
  return [
    {
      name: 'deployment_rollout_duration_seconds',
      type: 'gauge',
      help: 'How long the last release took',
      samples: last.map((one) => [
        { ...serviceOf(one), strategy: one.strategy },
        (one.ended - one.began) / 1_000,
      ]),
    },
    {
      name: 'deployment_last_end_timestamp_seconds',
      type: 'gauge',
      help: 'When the last release ended',
      samples: last.map((one) => [
        { ...serviceOf(one), outcome: one.outcome, reason: one.code },
        one.ended / 1_000,
      ]),
    },
  ];
}

function delivery(all: readonly Released[], window: Window): Family[] {
  const figures = byService(all).flatMap((releases) => {
    const [first] = releases;
    return first ? [[serviceOf(first), doraOf(releases, window)] as const] : [];
  });
  const gauge = (
    name: string,
    help: string,
    value: (of: DoraFigures) => number | undefined,
  ): Family => ({
    name,
    type: 'gauge',
    help,
    samples: figures.flatMap(([labels, of]) => {
      const known = value(of);
      return known === undefined ? [] : [[labels, known] as const];
    }),
  });
  return [
    gauge('deployment_frequency', 'Promoted releases a day', ({ perDay }) => perDay),
    gauge(
      'deployment_change_failure_ratio',
      'Of the releases that went out, those that were rolled back or needed a person',
      ({ changeFailureRatio }) => changeFailureRatio,
    ),
    gauge(
      'deployment_time_to_restore_seconds',
      'From when a release went wrong until the service was well, the median',
      ({ restoreMs }) => seconds(restoreMs),
    ),
  ];
}

function summed(
  all: readonly Released[],
  more: (one: Released) => Labels,
  amount: (one: Released) => number = () => 1,
): Family['samples'] {
  const sums = new Map<string, readonly [Labels, number]>();
  for (const one of all) {
    const labels = { ...serviceOf(one), ...more(one) };
    const key = labelText(labels);
    sums.set(key, [labels, (sums.get(key)?.[1] ?? 0) + amount(one)]);
  }
  return [...sums.values()];
}

/** Those of one service together, in the order of their end. */
function byService(all: readonly Released[]): readonly (readonly Released[])[] {
  const groups = new Map<string, Released[]>();
  for (const one of all.toSorted((a, b) => a.ended - b.ended)) {
    const name = `${one.namespace}/${one.service}`;
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  return [...groups.values()];
}

function serviceOf({ namespace, service }: Released): Labels {
  return { namespace, service };
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1_000;
}
