// Pods that must keep apart or spread: a node that looks free may not take one, and then a release stands still.
import { describe, expect, test } from '@jest/globals';
import type { Pod, PodSpec, PodTemplate } from '../../../../core/kubernetes/objects.ts';
import type { Node } from '../../../../core/preflight/capacity/node.ts';
import { rulesOf } from '../../../../core/preflight/capacity/spread.ts';
import { pod } from '../../support/objects.ts';

const OWN = { app: 'pay' };
const SELECTOR = { matchLabels: OWN };

function nodeOf(name: string, zone?: string, more: Record<string, string> = {}): Node {
  const labels = { host: name, ...(zone ? { zone } : {}), ...more };
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels } };
}

const A = nodeOf('a', 'east');
const B = nodeOf('b', 'east');
const C = nodeOf('c', 'west');
const BARE = nodeOf('d');

function podOn(node: string, labels: Record<string, string> = OWN): Pod {
  const made = pod(`on-${node}`, labels, 'i');
  return { ...made, spec: { ...made.spec, nodeName: node } };
}

function templateOf(spec: Partial<PodSpec>): PodTemplate {
  return { metadata: { labels: OWN }, spec: { containers: [], ...spec } };
}

const apart = (topologyKey: string, more = {}): PodTemplate =>
  templateOf({
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey, labelSelector: SELECTOR, ...more },
        ],
      },
    },
  });

const spread = (more = {}, spec: Partial<PodSpec> = {}): PodTemplate =>
  templateOf({
    ...spec,
    topologySpreadConstraints: [
      { topologyKey: 'zone', maxSkew: 1, labelSelector: SELECTOR, ...more } as never, // as a user may leave keys out
    ],
  });

/** Names of the nodes that may take one more. */
function allowed(template: PodTemplate, nodes: readonly Node[], pods: readonly Pod[]): string {
  const rules = rulesOf(template, nodes, pods);
  return nodes
    .filter((node) => rules.every((rule) => rule.allows(node)))
    .map(({ metadata }) => metadata.name)
    .join('');
}

describe('pods that keep apart', () => {
  test.each([
    ['by node', 'host', [podOn('a')], 'bcd'],
    ['by zone', 'zone', [podOn('a')], 'cd'],
    ['from none of others', 'host', [podOn('a', { app: 'other' })], 'abcd'],
    ['from none on a node that is not known', 'host', [podOn('x')], 'abcd'],
  ])('%s', (_how, key, pods, names) => {
    expect(allowed(apart(key), [A, B, C, BARE], pods)).toBe(names);
  });

  test('may go to a node that has no labels at all', () => {
    const plain: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'plain' } };
    expect(allowed(apart('host'), [A, plain], [podOn('a'), podOn('plain')])).toBe('plain');
  });

  test('do so from each other as they are placed', () => {
    const [rule] = rulesOf(apart('zone'), [A, B, C], []);
    rule?.place(A);
    expect([A, B, C].map((node) => rule?.allows(node))).toEqual([false, false, true]);
  });

  test('only from others, where the rule does not select themselves', () => {
    const others = { labelSelector: { matchLabels: { app: 'other' } } };
    const [rule] = rulesOf(apart('host', others), [A, B], [podOn('b', { app: 'other' })]);
    rule?.place(A);
    expect([A, B].map((node) => rule?.allows(node))).toEqual([true, false]);
  });

  test('not from those of another revision, where a rule says so', () => {
    const own = { matchLabelKeys: ['pod-template-hash'] };
    expect(allowed(apart('host', own), [A, B], [podOn('a')])).toBe('ab');
  });
});

describe('pods that spread', () => {
  test.each<[string, Pod[], string, object?]>([
    ['evenly may go anywhere', [podOn('a'), podOn('c')], 'abc'],
    ['go where there are fewer', [podOn('a')], 'c'],
    ['by two may stand two apart', [podOn('a')], 'abc', { maxSkew: 2 }],
    ['are counted with themselves', [podOn('a'), podOn('b'), podOn('c')], 'c'],
  ])('%s', (_how, pods, names, more = {}) => {
    expect(allowed(spread(more), [A, B, C, BARE], pods)).toBe(names);
  });

  test('go to no node without the label', () => {
    expect(allowed(spread(), [A, BARE], [])).toBe('a');
  });

  test('stand one apart where nothing is written', () => {
    expect(allowed(spread({ maxSkew: undefined }), [A, C], [podOn('a')])).toBe('c');
  });

  test('anywhere where that is only wished', () => {
    const wished = { whenUnsatisfiable: 'ScheduleAnyway' };
    expect(allowed(spread(wished), [A, B, C], [podOn('a'), podOn('b')])).toBe('abc');
  });

  test('over the zones that they want, not over those that they never go to', () => {
    const east = spread({}, { nodeSelector: { zone: 'east' } });
    const rules = rulesOf(east, [A, B, C], [podOn('a'), podOn('b')]);
    expect(rules.every((rule) => rule.allows(A))).toBe(true);
  });

  test('as they are placed', () => {
    const [rule] = rulesOf(spread(), [A, C], []);
    rule?.place(A);
    expect([A, C].map((node) => rule?.allows(node))).toEqual([false, true]);
    rule?.place(C);
    expect([A, C].map((node) => rule?.allows(node))).toEqual([true, true]);
  });
});
