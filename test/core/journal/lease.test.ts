// Who holds a service, and when it may be taken: two at once would each undo what the other does.
import { describe, expect, test } from '@jest/globals';
import { type Instant, instant, releaseId } from '../../../core/base/vocabulary.ts';
import { claimOf, heldText, holderOf, watchLease } from '../../../core/journal/lease.ts';
import type { Lease } from '../../../core/kubernetes/objects.ts';

const AT = Date.UTC(2026, 0, 1);
const SECOND = 1_000;
const ME = { release: releaseId('mine'), process: 'deploy-1' };

const at = (seconds: number): Instant => instant(AT + seconds * SECOND);

function leaseOf(holderIdentity: string, seconds = 15, version = '1'): Lease {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'pay-release', resourceVersion: version },
    spec: { holderIdentity, leaseDurationSeconds: seconds, renewTime: new Date(AT).toISOString() },
  };
}

describe('a Lease', () => {
  test.each<[string, Lease | undefined, number, string]>([
    ['that is not there is free', undefined, 0, 'free'],
    ['that nobody holds is free', leaseOf(''), 0, 'free'],
    ['of this process is its own', leaseOf('mine/deploy-1'), 99, 'mine'],
    ['that this release was handed is free for it', leaseOf('mine/'), 0, 'free'],
    [
      'of another process of this release is waited for',
      leaseOf('mine/deploy-0'),
      0,
      'same-release',
    ],
    ['of another release is its', leaseOf('other/deploy-1'), 14, 'other-release'],
    ['that another has let run out is watched first', leaseOf('other/deploy-1'), 15, 'to-watch'],
    ['from the future is watched first', leaseOf('other/deploy-1'), -6, 'to-watch'],
    ['of a clock a little ahead is the other’s', leaseOf('other/deploy-1'), -5, 'other-release'],
    ['that is kept for another’s next stage is its', leaseOf('other/', 60), 59, 'other-release'],
    ['that was kept for so long is free', leaseOf('other/', 60), 60, 'free'],
    ['lasts no longer than a quarter of an hour', leaseOf('other/', 999_999), 900, 'free'],
    ['lasts that long', leaseOf('other/', 999_999), 899, 'other-release'],
  ])('%s', (_what, lease, seconds, kind) => {
    expect(claimOf(lease, ME, at(seconds)).kind).toBe(kind);
  });

  test('that was seen unchanged for as long as it lasts is free, whatever the times in it say', () => {
    const lease = leaseOf('other/deploy-1');
    const watched = watchLease(undefined, lease, at(-100));
    expect(claimOf(lease, ME, at(-86), watched).kind).toBe('to-watch');
    expect(claimOf(lease, ME, at(-85), watched).kind).toBe('free');
  });

  test('that is renewed is watched anew', () => {
    const first = watchLease(undefined, leaseOf('other/deploy-1', 15, '1'), at(0));
    expect(watchLease(first, leaseOf('other/deploy-1', 15, '1'), at(9))).toBe(first);
    expect(watchLease(first, leaseOf('other/deploy-1', 15, '2'), at(9)).since).toBe(at(9));
  });
});

describe('whoever holds it', () => {
  test.each<[string, Lease | undefined, number, string]>([
    ['is nobody', undefined, 0, 'free'],
    ['is a process', leaseOf('other/deploy-1'), 14, 'process'],
    ['is gone when its time is over', leaseOf('other/deploy-1'), 15, 'gone'],
    ['is between two stages', leaseOf('other/'), 14, 'between-stages'],
  ])('%s', (_who, lease, seconds, kind) => expect(holderOf(lease, at(seconds)).kind).toBe(kind));

  test('is told with how long that may be', () => {
    const held = { release: releaseId('other'), process: 'deploy-1', until: at(12) };
    expect(heldText(held, at(0))).toContain('loses it in 12s');
    expect(heldText({ ...held, process: '' }, at(20))).toContain('for 0ms more');
  });
});
