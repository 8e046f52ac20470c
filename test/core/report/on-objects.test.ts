// Who looks at a Service or a Deployment at night reads what became of its release, each thing once, and as
// much as it takes and no more.
import { describe, expect, test } from '@jest/globals';
import { because, instant } from '../../../core/base/vocabulary.ts';
import { eventsOf } from '../../../core/report/on-objects/event-object.ts';
import { storyOf } from '../../../core/report/on-objects/story.ts';
import type { Interference, ReleaseState } from '../../../core/state/state.ts';
import { enter, noting, turnedBack } from '../../../core/state/transitions.ts';
import { APP } from '../support/objects.ts';
import { AT, endedAs, releaseIn } from '../support/releases.ts';

const { plan, state, cluster } = releaseIn('blue-green', 'monitoring');
const NOW = instant(AT + 60_000);
const seen = cluster.observe([]);
const CHANGE: Interference = {
  at: instant(AT + 1_000),
  object: 'service shop',
  what: 'its selector',
  by: 'kubectl-patch',
  response: 'repaired',
};

const told = (now: ReleaseState): string[] =>
  storyOf(plan, now, NOW).map(({ type, reason, text }) => `${type} ${reason}: ${text}`);

describe('what is told of a release', () => {
  test('is that it has begun, and where it is', () => {
    expect(told(state)).toEqual([
      expect.stringMatching(
        /^Normal ReleaseBegun: .*:v2 is being released in place of .*:v1 \(blue-green, release run-1\)$/,
      ),
      expect.stringMatching(
        /^Normal ReleaseStep: 100% of the traffic goes to .*:v2, which is judged for \S+ or longer$/,
      ),
    ]);
  });

  test.each<[string, ReleaseState, RegExp]>([
    [
      'waits to be concluded',
      enter(state, 'holding', NOW),
      /^Normal ReleaseStep: .* waits to be concluded$/,
    ],
    [
      'is paused, and until when',
      { ...state, wait: { kind: 'paused', since: NOW, until: instant(NOW + 60_000) } },
      /^Warning ReleaseHolds: paused by an operator in phase monitoring; it turns back at 2026-01-01T00:02:00Z/,
    ],
    [
      'warns',
      noting(state, { warnings: [{ at: NOW, trigger: 'errors', why: '3 errors', isFirst: true }] }),
      /^Warning ReleaseWarns: .*3 errors$/,
    ],
    [
      'was changed by others',
      noting(state, { interferences: [CHANGE] }),
      /^Warning ReleaseInterfered: service shop: its selector was changed by kubectl-patch, repaired$/,
    ],
    [
      'turns back, and why',
      turnedBack(state, 'switching', NOW, because('errors', '6 of 32 failed')),
      /^Warning ReleaseTurnsBack: .*:v2 is taken back: 6 of 32 failed$/,
    ],
    [
      'was promoted',
      endedAs('promoted', { plan, state, cluster }).state,
      /^Normal ReleasePromoted: v2 serves .*: promoted after \S+ \(promoted\)$/,
    ],
    [
      'was rolled back, and what to do next',
      endedAs('rolled-back', { plan, state, cluster }, '6 of 32 failed').state,
      /^Warning ReleaseRolledBack: .*: rolled back after .* \(errors\)\. Next: Read the logs/,
    ],
    [
      'needs a person',
      endedAs('failed', { plan, state, cluster }, 'both serve').state,
      /^Warning ReleaseFailed: .* \(errors\)\. Next: Look at the service first/,
    ],
  ])('it %s', (_what, now, expected) => {
    expect(told(now)).toEqual(expect.arrayContaining([expect.stringMatching(expected)]));
  });

  test('a step of a canary has its share, and each step a name of its own', () => {
    const canary = releaseIn('canary', 'monitoring');
    const stepsOf = (now: ReleaseState) =>
      storyOf(canary.plan, now, NOW).filter(({ reason }) => reason === 'ReleaseStep');
    const [first] = stepsOf(canary.state);
    expect(first?.text).toMatch(/^10% of the traffic goes to/);
    const further =
      canary.state.strategy === 'rolling' ? canary.state : { ...canary.state, step: 1 };
    expect(stepsOf(further)[0]?.id).not.toBe(first?.id);
  });

  test('is one line that the API server takes, whatever others have called themselves', () => {
    const by = `mallory\n${'\u001b[31m'}${'x'.repeat(5_000)}`;
    for (const { text } of storyOf(
      plan,
      noting(state, { interferences: [{ ...CHANGE, by }] }),
      NOW,
    )) {
      expect(text.length).toBeLessThan(1_024);
      expect(text).not.toMatch(/\p{Cc}/u);
    }
  });

  test('has the same names whoever tells it, and when', () => {
    const ids = (at: typeof NOW) => storyOf(plan, state, at).map(({ id }) => id);
    expect(ids(NOW)).toEqual(ids(instant(NOW + 5_000)));
  });
});

describe('the Events', () => {
  const all = storyOf(plan, state, NOW).flatMap((chapter) => eventsOf(plan, chapter, seen, 'p'));

  test('are on the Service all of them, on the workloads of both sides what they are concerned by', () => {
    const on = all.map(
      ({ involvedObject, reason }) => `${involvedObject.kind}/${involvedObject.name} ${reason}`,
    );
    expect(on).toEqual([
      `Service/${APP} ReleaseBegun`,
      `Deployment/${APP}-blue ReleaseBegun`,
      `Deployment/${APP}-green ReleaseBegun`,
      `Service/${APP} ReleaseStep`,
    ]);
  });

  test('have the uid by which kubectl describe finds them, and a name of their own each', () => {
    expect(all.every(({ involvedObject: { uid } }) => uid !== '')).toBe(true);
    expect(new Set(all.map(({ metadata }) => metadata.name)).size).toBe(all.length);
    for (const { metadata } of all) expect(metadata.name).toMatch(/^[a-z0-9.-]{1,253}$/);
  });

  test('are not on objects that are gone', () => {
    const gone = { ...seen, service: undefined, deployments: new Map() };
    const [begun] = storyOf(plan, state, NOW);
    expect(begun && eventsOf(plan, begun, gone, 'p')).toEqual([]);
  });
});
