// Who changed a field, as far as the object says: the words of a refusal rest on it.
import { describe, expect, test } from '@jest/globals';
import { keeperOf, OWN_MANAGER, writerText } from '../../../core/kubernetes/field-managers.ts';
import type { Metadata } from '../../../core/kubernetes/objects.ts';

const SELECTOR = ['spec', 'selector'];
const OWNS_SELECTOR = { 'f:spec': { 'f:selector': {} } };

function written(metadata: Partial<Metadata>) {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 'pay', ...metadata } };
}

function entry(manager: string, time: string, fieldsV1: unknown, more = {}) {
  return { manager, time, fieldsV1, ...more };
}

describe('the last writer of a field', () => {
  test.each([
    ['nobody is noted', [], undefined],
    [
      'the newest of several',
      [
        entry('helm', '2026-01-01T00:00:00Z', OWNS_SELECTOR),
        entry('kubectl-edit', '2026-01-02T00:00:00Z', OWNS_SELECTOR),
      ],
      'kubectl-edit',
    ],
    ['the release itself is nobody else', [entry(OWN_MANAGER, '', OWNS_SELECTOR)], undefined],
    [
      'one who wrote other fields',
      [entry('kubectl', '', { 'f:spec': { 'f:type': {} } })],
      undefined,
    ],
    [
      'one who wrote a part of the field',
      [entry('flux', '', { 'f:spec': { 'f:selector': { 'f:app': {} } } })],
      'flux',
    ],
    ['a status', [entry('gateway', '', OWNS_SELECTOR, { subresource: 'status' })], undefined],
    ['fields that are no fields', [entry('odd', '', 'text'), entry('odder', '', null)], undefined],
  ])('%s', (_what, managedFields, expected) => {
    expect(writerText(written({ managedFields }), SELECTOR)).toBe(expected ?? 'somebody');
  });
});

test.each([
  [
    'Argo CD application shop',
    { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:/Service:a/b' } },
  ],
  ['Flux Kustomization apps', { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } }],
  ['Flux HelmRelease pay', { labels: { 'helm.toolkit.fluxcd.io/name': 'pay' } }],
  ['Helm release pay', { annotations: { 'meta.helm.sh/release-name': 'pay' } }],
  [undefined, {}],
])('kept by %s', (name, metadata) => {
  expect(keeperOf(written(metadata))?.name).toBe(name);
});

test('without a word of anybody it was somebody', () => {
  expect(writerText(undefined, SELECTOR)).toBe('somebody');
  expect(writerText(written({}), SELECTOR)).toBe('somebody');
});
