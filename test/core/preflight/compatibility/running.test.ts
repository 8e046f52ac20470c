// Which versions run, and what tags and labels say: read wrongly, an old version passes for a new one.
import { describe, expect, test } from '@jest/globals';
import type { Neighbours } from '../../../../core/cluster/neighbours.ts';
import type { Service } from '../../../../core/kubernetes/network-objects.ts';
import type { Pod } from '../../../../core/kubernetes/objects.ts';
import { faultyLabels, ruleInLabels } from '../../../../core/preflight/compatibility/labels.ts';
import { runningBehind, versionOfPod } from '../../../../core/preflight/compatibility/running.ts';
import { isVersionRange, VERSIONS } from '../../../../effects/expressions/versions.ts';
import { pod, service } from '../../support/objects.ts';
import { version } from './support.ts';

describe('a text as a version', () => {
  test.each([
    ['v1.2.0', '1.2.0'],
    ['1.2.0', '1.2.0'],
    ['v1.4', '1.4.0'],
    ['17', '17.0.0'],
    ['0017', '17.0.0'],
    ['2024.01.15', '2024.1.15'],
    ['2.0.0-rc.1', '2.0.0-rc.1'],
    ['1.2.0+build.7', '1.2.0'],
    ['latest', undefined],
    ['main-4f2e1a', undefined],
    ['4f2e1ab', undefined],
    ['', undefined],
    ['1.2.3.4', undefined],
    ['9'.repeat(400), undefined],
  ])('%s is %s', (text, expected) => {
    expect(VERSIONS.read(text)).toBe(expected);
  });
});

describe('a text as a range', () => {
  test.each([
    ['>=2.3 <4', true],
    ['^1.8 || >=3', true],
    ['1.9.x', true],
    ['*', true],
    ['>=', false],
    ['two', false],
    ['>=2.3 && <4', false],
  ])('%s: %s', (text, expected) => {
    expect(isVersionRange(text)).toBe(expected);
  });
});

describe('what runs behind a Service', () => {
  const LABELS = { app: 'ledger' };
  const behind = (pods: readonly Pod[], selector: Record<string, string> = LABELS) => {
    const ledger: Service = {
      ...service(selector),
      metadata: { name: 'ledger', namespace: 'default' },
    };
    const neighbours: Neighbours = {
      services: [ledger],
      deployments: [],
      statefulSets: [],
      cronJobs: [],
      replicaSets: [],
      pods,
    };
    return runningBehind(VERSIONS, neighbours, 'ledger');
  };

  test('is every version that serves, and none that does not yet or does no more', () => {
    const pods = [
      pod('a', LABELS, 'r/ledger:v2.3.0'),
      pod('b', LABELS, 'r/ledger:v2.2.0'),
      pod('c', LABELS, 'r/ledger:v2.3.0'),
      pod('d', LABELS, 'r/ledger:v2.4.0', 'starting'),
      pod('e', LABELS, 'r/ledger:v1.0.0', 'terminating'),
      pod('f', { app: 'other' }, 'r/ledger:v9.0.0'),
    ];
    expect(behind(pods)).toEqual({ kind: 'runs', versions: ['2.2.0', '2.3.0'] });
  });

  test('is not known where one pod does not tell, and absent where none serves', () => {
    const told = pod('a', LABELS, 'r/ledger:v2.3.0');
    expect(behind([told, pod('b', LABELS, 'r/ledger:main')])).toMatchObject({ kind: 'unknown' });
    expect(behind([pod('b', LABELS, 'r/ledger:v1', 'starting')])).toMatchObject({ kind: 'absent' });
    expect(behind([told], {})).toMatchObject({ kind: 'absent' });
  });

  test('is the tag before the label: a release changes the one and leaves the other', () => {
    const labels = { 'app.kubernetes.io/version': '1.0.0' };
    expect(versionOfPod(VERSIONS, labels, 'r/a:v2.0.0')).toBe('2.0.0');
    expect(versionOfPod(VERSIONS, labels, 'r/a:main')).toBe('1.0.0');
    expect(versionOfPod(VERSIONS, labels, `r/a@sha256:${'a'.repeat(64)}`)).toBe('1.0.0');
    expect(versionOfPod(VERSIONS, {}, 'r/a:main')).toEqual({
      unknown:
        'the tag main is none, and its pods have no label app.kubernetes.io/version that is one',
    });
  });
});

describe('labels of an image', () => {
  const PREFIX = 'dev.zero-downtime.release';
  test('are a rule about the version that it is', () => {
    const labels = new Map([
      [`${PREFIX}.requires.ledger`, '>=2.3'],
      [`${PREFIX}.upgrade-from`, '>=1.8'],
      [`${PREFIX}.breaking`, 'amounts are cents\n\nno v1'],
      ['maintainer', 'somebody'],
    ]);
    expect(ruleInLabels(labels, version('2.0.0'))).toMatchObject({
      match: '2.0.0',
      requires: { ledger: '>=2.3' },
      upgradeFrom: '>=1.8',
      breaking: ['amounts are cents', 'no v1'],
    });
    expect(ruleInLabels(new Map([['maintainer', 'somebody']]), version('2.0.0'))).toBeUndefined();
  });

  test('that hold no range are named', () => {
    const labels = new Map([
      [`${PREFIX}.requires.ledger`, 'new'],
      [`${PREFIX}.upgrade-from`, '>=1.8'],
      [`${PREFIX}.downgrade-to`, '>>1'],
    ]);
    const rule = ruleInLabels(labels, version('2.0.0'));
    expect(rule && faultyLabels(rule, isVersionRange)).toEqual([
      `${PREFIX}.requires.ledger`,
      `${PREFIX}.downgrade-to`,
    ]);
  });
});
