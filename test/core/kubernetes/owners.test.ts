// Whose a pod is: by who controls it, whatever its labels and its image say.
import { describe, expect, test } from '@jest/globals';
import { matches, queryText } from '../../../core/kubernetes/labels.ts';
import type { LabelSelector, Pod } from '../../../core/kubernetes/objects.ts';
import { revisionIn, sameTemplate, workloadRef } from '../../../core/kubernetes/owners.ts';
import { deployment, ownedBy, pod, replicaSet, template } from '../support/objects.ts';

const LABELS = { app: 'pay' };
const PAY = deployment('pay', 'v1', LABELS);
const SET = replicaSet(PAY, '7d9f');
const POD = pod('pay-7d9f-x', { ...LABELS, 'pod-template-hash': '7d9f' }, 'pay:v1');

function revisionOf(each: Pod, known = [SET]): string | undefined {
  return revisionIn(each, workloadRef(PAY), known);
}

describe('the revision of a pod', () => {
  test('is that of its ReplicaSet, even where a webhook rewrote its image', () => {
    const rewritten = {
      ...POD,
      spec: { containers: [{ name: 'pay', image: 'mirror/pay@sha256:1' }] },
    };
    expect(revisionOf(ownedBy(rewritten, SET))).toBe('pay-7d9f');
  });

  test.each<[string, Pod]>([
    ['that nobody controls', POD],
    ['of a Job', ownedBy(POD, { ...SET, kind: 'Job' })],
    ['of a StatefulSet of the same name', ownedBy(POD, { ...PAY, kind: 'StatefulSet' })],
    [
      'of another Deployment',
      ownedBy(POD, replicaSet(deployment('pay-worker', 'v1', LABELS), '7d9f')),
    ],
    ['that names an owner which does not control it', uncontrolled(ownedBy(POD, SET))],
  ])('is none where it has all the labels and is one %s', (_, each) => {
    expect(revisionOf(each)).toBeUndefined();
  });

  test("a ReplicaSet that was taken over by a Deployment made anew is not the old one's", () => {
    const anew = { ...PAY, metadata: { ...PAY.metadata, uid: 'another' } };
    expect(revisionIn(ownedBy(POD, SET), workloadRef(anew), [SET])).toBeUndefined();
  });

  test('is known by name where no old ReplicaSet is kept, or the watch of them is late', () => {
    expect(revisionOf(ownedBy(POD, SET), [])).toBe('pay-7d9f');
    const other = replicaSet(deployment('pay-worker', 'v1', LABELS), '7d9f');
    expect(revisionOf(ownedBy(POD, other), [])).toBeUndefined();
  });

  test('of a StatefulSet is told by the label that its controller writes, on its own pods only', () => {
    const set = { ...PAY, kind: 'StatefulSet' };
    const labels = { ...LABELS, 'controller-revision-hash': 'pay-5c6d' };
    const own = ownedBy(pod('pay-0', labels, 'pay:v1'), set);
    expect(revisionIn(own, workloadRef(set), [])).toBe('pay-5c6d');
    expect(revisionIn(pod('stranger', labels, 'pay:v1'), workloadRef(set), [])).toBeUndefined();
  });
});

function uncontrolled(each: Pod): Pod {
  const [owner] = each.metadata.ownerReferences ?? [];
  const ownerReferences = owner ? [{ ...owner, controller: false }] : [];
  return { ...each, metadata: { ...each.metadata, ownerReferences } };
}

test('templates are the same whatever hash a ReplicaSet put on them', () => {
  expect(sameTemplate(SET.spec.template, PAY.spec.template)).toBe(true);
  expect(sameTemplate(SET.spec.template, template('v2', LABELS))).toBe(false);
});

describe('label selectors', () => {
  const expression = (
    key: string,
    operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist',
    values?: string[],
  ): LabelSelector => ({ matchExpressions: [{ key, operator, ...(values ? { values } : {}) }] });

  test.each<[string, LabelSelector, boolean, string]>([
    ['labels', { matchLabels: { app: 'pay' } }, true, 'app=pay'],
    ['In', expression('app', 'In', ['pay', 'play']), true, 'app in (pay,play)'],
    ['In, of others', expression('app', 'In', ['play']), false, 'app in (play)'],
    ['In, of a label that is not there', expression('tier', 'In', ['api']), false, 'tier in (api)'],
    ['NotIn', expression('app', 'NotIn', ['pay']), false, 'app notin (pay)'],
    [
      'NotIn, of a label that is not there',
      expression('tier', 'NotIn', ['api']),
      true,
      'tier notin (api)',
    ],
    ['Exists', expression('app', 'Exists'), true, 'app'],
    ['Exists, of what is not there', expression('tier', 'Exists'), false, 'tier'],
    ['DoesNotExist', expression('app', 'DoesNotExist'), false, '!app'],
    ['DoesNotExist, of what is not there', expression('tier', 'DoesNotExist'), true, '!tier'],
    [
      'both',
      { matchLabels: { app: 'pay' }, ...expression('tier', 'DoesNotExist') },
      true,
      'app=pay,!tier',
    ],
    ['nothing asked', {}, true, ''],
  ])('%s', (_, selector, matched, query) => {
    expect(matches(selector, LABELS)).toBe(matched);
    expect(queryText(selector)).toBe(query);
  });

  test('no selector at all matches nothing', () => {
    expect(matches(undefined, LABELS)).toBe(false);
  });
});
