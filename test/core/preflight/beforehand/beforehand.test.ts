// What is to be well around a release: where it is not, or no one knows, nothing begins.
import { describe, expect, test } from '@jest/globals';
import { instant } from '../../../../core/base/vocabulary.ts';
import { resolveAsked } from '../../../../core/config/sections/before/asked.ts';
import type { PodTemplate } from '../../../../core/kubernetes/objects.ts';
import { timeOf } from '../../../../core/kubernetes/time.ts';
import type { CronJob } from '../../../../core/kubernetes/workload-objects.ts';
import { unmeasurable } from '../../../../core/metrics/metric.ts';
import {
  checkBackup,
  checkDependencies,
  checkErrorBudget,
  checkPressure,
} from '../../../../core/preflight/beforehand/around.ts';
import {
  checkConfig,
  checkImageAge,
  configNeeded,
} from '../../../../core/preflight/beforehand/candidate.ts';
import { checkFreezes } from '../../../../core/preflight/beforehand/freezes.ts';
import { nextTime } from '../../../../effects/expressions/schedule.ts';
import { NODE } from '../../../steps/support.ts';
import { template } from '../../support/objects.ts';

const at = (text: string) => {
  const time = timeOf(text);
  if (time === undefined) throw new Error(`${text} is no time`);
  return time;
};
const HOUR = 3_600_000;

describe('a freeze', () => {
  const WEEKEND = {
    schedule: '0 16 * * FRI',
    timeZone: 'Europe/Berlin',
    for: '64h',
    reason: 'no one is here',
  };
  const NEW_YEAR = {
    from: '2026-12-20T00:00:00Z',
    until: '2027-01-04T00:00:00Z',
    reason: 'closed',
  };

  test.each([
    ['before it begins, by the clock of its zone', WEEKEND, '2026-07-03T13:59:59Z', undefined],
    ['as it begins, in summer', WEEKEND, '2026-07-03T14:00:00Z', '2026-07-06T06:00:00Z'],
    ['as it begins, in winter', WEEKEND, '2026-01-02T15:00:00Z', '2026-01-05T07:00:00Z'],
    ['an hour too early in winter', WEEKEND, '2026-01-02T14:00:00Z', undefined],
    ['in its last second', WEEKEND, '2026-07-06T05:59:59Z', '2026-07-06T06:00:00Z'],
    ['once it is over', WEEKEND, '2026-07-06T06:00:00Z', undefined],
    ['that is once, within', NEW_YEAR, '2026-12-24T12:00:00Z', '2027-01-04T00:00:00Z'],
    ['that is once, after', NEW_YEAR, '2027-01-04T00:00:00Z', undefined],
    [
      'that begins anew before it ends goes on',
      { schedule: '0 0 * * *', for: '36h', reason: 'always' },
      '2026-07-03T06:00:00Z',
      '2026-07-04T12:00:00Z',
    ],
  ])('%s', (_how, freeze, now, until) => {
    const found = checkFreezes(resolveAsked({ freezes: [freeze] }).freezes, at(now), nextTime);
    const message = `nothing is released until ${until}: ${freeze.reason}`;
    expect(found).toMatchObject(
      until === undefined ? [] : [{ check: 'frozen', severity: 'refuse', message }],
    );
    expect(found).toHaveLength(until === undefined ? 0 : 1);
  });
});

describe('a backup', () => {
  const NOW = at('2026-07-03T12:00:00Z');
  const asked = resolveAsked({ backup: { cronJob: 'backup' } });
  const cronJob = (lastSuccessfulTime?: string): CronJob => ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'backup' },
    spec: { jobTemplate: { spec: { template: template('v1', {}) } } },
    status: lastSuccessfulTime === undefined ? {} : { lastSuccessfulTime },
  });

  test.each([
    ['is not asked for', resolveAsked({}), [], undefined],
    ['was made today', asked, [cronJob('2026-07-02T12:00:00Z')], undefined],
    [
      'is a second too old',
      asked,
      [cronJob('2026-07-02T11:59:59Z')],
      'the last backup of CronJob backup is 24h1s old, and may be 24h',
    ],
    ['was never made', asked, [cronJob()], 'CronJob backup has never made a backup'],
    ['is no one’s to make', asked, [], 'there is no CronJob backup, which makes the backups'],
  ])('%s', (_how, wanted, cronJobs, message) => {
    expect(checkBackup(wanted, cronJobs, NOW).map((each) => each.message)).toEqual(
      message === undefined ? [] : [message],
    );
  });
});

test('a dependency that does not answer is named, with where and why', () => {
  const { dependencies } = resolveAsked({
    dependencies: [
      { name: 'ledger', http: 'http://ledger:8080/health' },
      { name: 'database', tcp: 'postgres:5432' },
    ],
  });
  const faults = new Map([['database', 'ECONNREFUSED']]);
  expect(checkDependencies(dependencies, faults)).toMatchObject([
    {
      check: 'dependency-away',
      message:
        'database, which the service depends on, does not answer at postgres:5432: ECONNREFUSED',
    },
  ]);
  expect(checkDependencies(dependencies, new Map())).toEqual([]);
});

describe('an error budget', () => {
  const asked = resolveAsked({ errorBudget: { query: 'left', least: 0.1 } });
  const NOW = instant(0);
  const value = (left: number) => ({ kind: 'value', at: NOW, value: left }) as const;

  test.each([
    ['of which enough is left', value(0.1), []],
    [
      'of which too little is left',
      value(0.0999),
      ['0.0999 is left of the error budget, and 0.1 has to be'],
    ],
    [
      'that is no number',
      value(Number.NaN),
      ['NaN is left of the error budget, and 0.1 has to be'],
    ],
    [
      'that no one knows is no yes',
      unmeasurable(NOW, 'no-answer', 'ECONNREFUSED'),
      ['what is left of the error budget is not known: ECONNREFUSED'],
    ],
  ])('%s', (_how, measured, expected) => {
    expect(checkErrorBudget(asked, measured).map(({ message }) => message)).toEqual(expected);
  });
});

test('nodes under pressure are named with what they are short of', () => {
  const pressed = {
    ...NODE,
    status: { conditions: [{ type: 'DiskPressure', status: 'True' }] },
  };
  expect(checkPressure([NODE, pressed])).toMatchObject([
    {
      severity: 'warn',
      message: 'nodes are under pressure, and evict pods: node-1 (DiskPressure)',
    },
  ]);
  expect(checkPressure([NODE])).toEqual([]);
});

describe('an image', () => {
  const NOW = at('2026-07-03T12:00:00Z');
  test.each([
    ['that is young', '2026-07-03T11:00:00Z', 0],
    ['that is old', '2026-07-03T08:00:00Z', 1],
    ['that is the same on every day tells no age', '1970-01-01T00:00:00Z', 1],
    ['that tells nothing', undefined, 1],
  ])('%s', (_how, created, count) => {
    expect(checkImageAge('app:v2', created, 2 * HOUR, NOW)).toHaveLength(count);
    expect(checkImageAge('app:v2', created, undefined, NOW)).toEqual([]);
  });
});

describe('config that pods name', () => {
  const named = (): PodTemplate => {
    const { spec } = template('v2', {});
    const [first] = spec.containers;
    if (!first) throw new Error('no container');
    const container = {
      ...first,
      env: [
        { name: 'A', valueFrom: { configMapKeyRef: { name: 'flags', key: 'a' } } },
        { name: 'B', valueFrom: { configMapKeyRef: { name: 'extra', key: 'b', optional: true } } },
      ],
      envFrom: [{ configMapRef: { name: 'all' } }],
    };
    const volumes = [{ name: 'v', configMap: { name: 'files', items: [{ key: 'x.yaml' }] } }];
    return { spec: { ...spec, containers: [container], volumes } };
  };

  test('and that is there is no matter; what may be missing is not asked for', () => {
    const there = new Map([
      ['flags', new Set(['a'])],
      ['all', new Set<string>()],
      ['files', new Set(['x.yaml'])],
    ]);
    expect(checkConfig(configNeeded(named()), there)).toEqual([]);
  });

  test('and that is missing is told by its name and key: the pods would never start', () => {
    const there = new Map([
      ['flags', new Set(['b'])],
      ['files', new Set(['y.yaml'])],
    ]);
    expect(checkConfig(configNeeded(named()), there).map(({ message }) => message)).toEqual([
      "the candidate's pods could not start: ConfigMap flags has no key a, which they name",
      "the candidate's pods could not start: there is no ConfigMap all, which they name",
      "the candidate's pods could not start: ConfigMap files has no key x.yaml, which they name",
    ]);
  });
});
