// What becomes of a delete that the API refuses: nothing is ended that has changed since it was looked at.
import { expect, test } from '@jest/globals';
import type { Action, Target } from '../../../core/cluster/action.ts';
import { type Applying, applyAction } from '../../../effects/driver/apply-action.ts';

const POD: Target = { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'ledger-2' };
const SERVICE: Target = { ...POD, kind: 'Service', name: 'ledger-preview' };

function deleting(target: Target, resourceVersion?: string): Action {
  return { id: 'a', text: 'a', effect: { kind: 'delete', target, uid: 'u', resourceVersion } };
}

async function refused(action: Action) {
  const asked: unknown[][] = [];
  const executing = {
    kube: {
      remove: async (...given: unknown[]) => {
        asked.push(given);
        return { kind: 'conflict', why: 'the object has been modified' };
      },
    },
    observer: {
      refresh: async ({ kind }: Target) => void asked.push(['get', kind]),
      relistPods: async () => void asked.push(['list pods']),
    },
  } as unknown as Applying; // as much of it as a delete needs
  return { executed: await applyAction(action, executing), asked };
}

test('a pod that has changed since it was seen is not ended, and the pods are listed anew', async () => {
  expect(await refused(deleting(POD, '7'))).toEqual({
    executed: 'stale',
    asked: [[POD, 'u', '7'], ['list pods']],
  });
});

test('any other object is asked for again, whatever version it has', async () => {
  expect(await refused(deleting(SERVICE))).toEqual({
    executed: 'stale',
    asked: [
      [SERVICE, 'u', undefined],
      ['get', 'Service'],
    ],
  });
});
