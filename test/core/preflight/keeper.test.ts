// A manifest that names a colour, and is applied again after a promotion, is an outage.
import { describe, expect, test } from '@jest/globals';
import type { Metadata } from '../../../core/kubernetes/objects.ts';
import { checkKeeper } from '../../../core/preflight/keeper.ts';
import { APP, service } from '../support/objects.ts';

const BLUE = { app: APP, version: 'blue' };
const SELECTOR = { 'f:spec': { 'f:selector': {} } };

function found(metadata: Partial<Metadata>, selector: Record<string, string> = BLUE, two = true) {
  const plain = service(selector);
  return checkKeeper({ ...plain, metadata: { ...plain.metadata, ...metadata } }, two);
}

const APPLIED = { managedFields: [{ manager: 'team', operation: 'Apply', fieldsV1: SELECTOR }] };

describe('a Service that names a colour', () => {
  test.each<[string, Partial<Metadata>]>([
    ['team', APPLIED],
    [
      'Argo CD',
      { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:/Service:default/shop' } },
    ],
    ['Flux', { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } }],
    ['Helm', { labels: { 'app.kubernetes.io/managed-by': 'Helm' } }],
    [
      'kubectl apply',
      {
        annotations: {
          'kubectl.kubernetes.io/last-applied-configuration':
            '{"spec":{"selector":{"version":"blue"}}}',
        },
      },
    ],
  ])('and is kept so by %s is warned of, with the way out', (keeper, metadata) => {
    expect(found(metadata)).toEqual([
      expect.objectContaining({
        check: 'colour-in-manifest',
        severity: 'warn',
        message: expect.stringContaining(keeper),
        advice: expect.stringContaining('leave version out'),
      }),
    ]);
  });

  test.each<[string, Partial<Metadata>, Record<string, string>, boolean]>([
    ['nobody applies', {}, BLUE, true],
    [
      'somebody changed by hand',
      { managedFields: [{ manager: 'kubectl-patch', operation: 'Update', fieldsV1: SELECTOR }] },
      BLUE,
      true,
    ],
    ['selects every colour', APPLIED, { app: APP }, true],
    ['is released by rolling', APPLIED, BLUE, false],
    [
      'has only its ports applied',
      { managedFields: [{ manager: 'team', operation: 'Apply', fieldsV1: { 'f:spec': {} } }] },
      BLUE,
      true,
    ],
  ])('that %s is not', (_what, metadata, selector, two) => {
    expect(found(metadata, selector, two)).toEqual([]);
  });
});
