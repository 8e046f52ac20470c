// What is foreseen of a release is what comes of it where nothing goes wrong.

import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { StrategyName } from '../../../core/base/vocabulary.ts';
import type { PatchOperation } from '../../../core/cluster/action.ts';
import { foresee } from '../../../core/forecast/forecast.ts';
import { patched } from '../../../core/forecast/patched.ts';
import { forecastEvents } from '../../../core/report/forecast-lines.ts';
import { textOf } from '../../../core/report/log/render-event.ts';
import { expectGolden } from '../support/golden.ts';
import { APP, deployment, service, template } from '../support/objects.ts';
import { planFor, play, settingsFor } from '../support/play.ts';
import { toyCluster } from '../support/toy-cluster.ts';

const BLUE = { app: APP, version: 'blue' };
const CONFIG = {
  strategy: { blueGreen: { monitoring: '10s' }, rolling: { monitoring: '10s' } },
  drain: { hook: { path: '/drain' }, maxDuration: '20s' },
};

function prepared(strategy: StrategyName, config = {}) {
  const cluster = toyCluster([deployment(`${APP}-blue`, 'v1', BLUE)], service(BLUE));
  return { cluster, plan: planFor(cluster, settingsFor(strategy, { ...CONFIG, ...config })) };
}

/** Actions, without the numbers that pods are told apart by. */
function named(text: string): string {
  return text.replace(/ pod \S+/, ' a pod');
}

describe.each(['rolling', 'blue-green'] as const)('the forecast of %s', (strategy) => {
  test('reads as a person would want it', () => {
    const { cluster, plan } = prepared(strategy);
    const events = forecastEvents(plan, template('v2', BLUE), foresee(plan, cluster.observe([])));
    const lines = events.map(textOf);
    expectGolden(
      join(import.meta.dirname, 'golden', `forecast-of-${strategy}.txt`),
      `${lines.join('\n')}\n`,
    );
  });

  test('names the actions that the release then takes, in their order', () => {
    const { cluster, plan } = prepared(strategy);
    const { steps, outcome } = foresee(plan, cluster.observe([]));
    const foreseen = steps.flatMap((step) => (step.kind === 'action' ? [named(step.text)] : []));
    const { transcript, state } = play(cluster, plan);
    const taken = [...transcript.matchAll(/^ +[\d.]+s {4}(.+)$/gm)].map(([, text = '']) => text);
    expect(foreseen.filter((text) => !text.includes('drain probe'))).toEqual(
      taken.map(named).filter((text) => text !== 'somebody concludes'),
    );
    expect(outcome).toBe(state.outcome);
  });

  test('names the objects that the release would make, and no others', () => {
    const { cluster, plan } = prepared(strategy);
    const { created } = foresee(plan, cluster.observe([]));
    const made = created.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(made).toEqual(
      strategy === 'rolling' ? [] : [`Deployment ${APP}-green`, `Service ${APP}-preview`],
    );
  });

  test('changes nothing of what it was given', () => {
    const { cluster, plan } = prepared(strategy);
    const seen = cluster.observe([]);
    const before = JSON.stringify([plan, seen, [...seen.deployments]]);
    foresee(plan, seen);
    expect(JSON.stringify([plan, seen, [...seen.deployments]])).toBe(before);
  });
});

describe('the forecast', () => {
  test('a release that cannot end in its time is seen to turn back', () => {
    const limits = { readyTimeout: '12s', maxDuration: '30s' };
    const { cluster, plan } = prepared('blue-green', { limits });
    expect(foresee(plan, cluster.observe([]))).toMatchObject({
      outcome: 'rolled-back',
      cause: 'not promoted within 30s: still in phase monitoring',
    });
  });

  test('a pod is taken to start as quickly as the quickest that serves', () => {
    const { cluster, plan } = prepared('rolling');
    const seen = cluster.observe([]);
    const timed = (seconds: number) => (pod: (typeof seen.pods)[number]) => ({
      ...pod,
      metadata: { ...pod.metadata, creationTimestamp: '2026-01-01T00:00:00Z' },
      status: {
        ...pod.status,
        conditions: [
          {
            type: 'Ready',
            status: 'True' as const,
            lastTransitionTime: `2026-01-01T00:00:${seconds}Z`,
          },
        ],
      },
    });
    const pods = seen.pods.map((pod, index) => timed(20 + index)(pod));
    expect(foresee(plan, { ...seen, pods }).startMs).toBe(20_000);
  });
});

describe('a patch', () => {
  const cases: [operation: PatchOperation, from: object, to: object][] = [
    [{ op: 'add', path: '/a/b', value: 1 }, { a: { c: 2 } }, { a: { b: 1, c: 2 } }],
    [{ op: 'replace', path: '/a~1b', value: 1 }, { 'a/b': 0 }, { 'a/b': 1 }],
    [{ op: 'remove', path: '/a' }, { a: 1, b: 2 }, { b: 2 }],
    [{ op: 'replace', path: '/a/1/b', value: 9 }, { a: [{}, { b: 1 }] }, { a: [{}, { b: 9 }] }],
    [{ op: 'add', path: '/a/1', value: 9 }, { a: [1, 2] }, { a: [1, 9, 2] }],
    [{ op: 'add', path: '/a/-', value: 9 }, { a: [1] }, { a: [1, 9] }],
    [{ op: 'remove', path: '/a/0' }, { a: [1, 2] }, { a: [2] }],
  ];
  test.each(cases)('%j', (operation, from, to) => {
    const before = JSON.stringify(from);
    expect(patched(from, [operation])).toEqual(to);
    expect(JSON.stringify(from)).toBe(before);
  });
});
