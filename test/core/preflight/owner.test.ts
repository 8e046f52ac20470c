// A workload that an operator keeps: a release would fight with it.
import { describe, expect, test } from '@jest/globals';
import { checkOwner } from '../../../core/preflight/owner.ts';
import { deployment } from '../support/objects.ts';

function ownedBy(ownerReferences: { kind: string; name: string; controller?: boolean }[]) {
  const plain = deployment('shop', 'v1', { app: 'shop' });
  const references = ownerReferences.map((each) => ({ ...each, uid: 'u' }));
  return { ...plain, metadata: { ...plain.metadata, ownerReferences: references } };
}

describe('the owner of the workload', () => {
  test('that controls it is named, and the release refused', () => {
    const stable = ownedBy([{ kind: 'WebApp', name: 'store', controller: true }]);
    expect(checkOwner({ deployment: stable })).toEqual([
      expect.objectContaining({
        check: 'owned-by-controller',
        severity: 'refuse',
        message: expect.stringContaining('deployment shop is kept by WebApp store'),
      }),
    ]);
  });

  test('that only outlives it is no reason against a release', () => {
    const owners = [
      { kind: 'ConfigMap', name: 'x' },
      { kind: 'App', name: 'y', controller: false },
    ];
    expect(checkOwner({ deployment: ownedBy(owners) })).toEqual([]);
  });
});
