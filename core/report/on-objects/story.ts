/**
 * What of a release is to be seen on its objects, where `kubectl describe` shows it: that it has begun, each
 * step, what holds it, what others have changed, that it turns back, how it ended. Follows from where the
 * release stands, so that a process that takes it over tells the same, under the same name.
 */
import { formatDuration } from '../../base/duration.ts';
import { fingerprint } from '../../base/fingerprint.ts';
import { foreignText } from '../../base/foreign-text.ts';
import { shortImage } from '../../base/image.ts';
import { type Instant, isTwoSided, type Outcome } from '../../base/vocabulary.ts';
import { timestampOf } from '../../kubernetes/time.ts';
import type { Plan } from '../../plan/plan.ts';
import { interferenceText } from '../../state/interference.ts';
import type { ReleaseState } from '../../state/state.ts';
import { strategyOf } from '../../strategies/registry.ts';
import { toldEnd } from '../ends/sentence.ts';

/** As `kubectl describe` prints them; docs/notifications.md has the list. */
export type StoryReason =
  | 'ReleaseBegun'
  | 'ReleaseStep'
  | 'ReleaseHolds'
  | 'ReleaseWarns'
  | 'ReleaseInterfered'
  | 'ReleaseTurnsBack'
  | 'ReleasePromoted'
  | 'ReleaseRolledBack'
  | 'ReleaseFailed';

export interface Chapter {
  /** The same in every process that tells it, and however often. */
  readonly id: string;
  readonly at: Instant;
  readonly type: 'Normal' | 'Warning';
  readonly reason: StoryReason;
  readonly text: string;
  /** `all`: the workloads show it as well; else the Service alone. */
  readonly on: 'service' | 'all';
}

/** The API server takes 1,024 characters, and what is cut says by how much. */
const MOST_CHARACTERS = 980;

/** All that can be told of where it stands now; `at`: of what has no time of its own. */
export function storyOf(plan: Plan, state: ReleaseState, at: Instant): readonly Chapter[] {
  return [
    begun(plan, state),
    ...steps(plan, state),
    ...holds(state),
    ...surprises(state),
    ...turns(plan, state),
    ...end(plan, state, at),
  ].map((chapter) => ({
    ...chapter,
    id: `${plan.release}/${chapter.id}`,
    text: foreignText(chapter.text, MOST_CHARACTERS),
  }));
}

function begun(plan: Plan, { startedAt }: ReleaseState): Chapter {
  const { strategy, release, previousImage, image } = plan;
  const text = `${shortImage(image.reference)} is being released in place of ${shortImage(previousImage)} (${strategy}, release ${release})`;
  return { id: 'begun', at: startedAt, type: 'Normal', reason: 'ReleaseBegun', text, on: 'all' };
}

function steps(plan: Plan, state: ReleaseState): Chapter[] {
  const text = stepText(plan, state);
  if (text === undefined || state.direction === 'back') return [];
  const step = isTwoSided(state) ? state.step : 0;
  return [
    {
      id: `step/${state.phase}/${step}`,
      at: state.since,
      type: 'Normal',
      reason: 'ReleaseStep',
      text,
      on: 'service',
    },
  ];
}

/** Of the phases in which something is different for clients from the one before. */
function stepText(plan: Plan, state: ReleaseState): string | undefined {
  const version = shortImage(plan.image.reference);
  switch (strategyOf(state).waitsFor(state)) {
    case 'time': {
      if (!isTwoSided(plan) || !isTwoSided(state)) {
        return `all pods run ${version}, which is being judged`;
      }
      const { weightPercent = 100, watchMs = 0 } = plan.steps[state.step] ?? {};
      return `${weightPercent}% of the traffic goes to ${version}, which is judged for ${formatDuration(watchMs)} or longer`;
    }
    case 'validation':
      return `${version} has all traffic and was found good; the release waits to be concluded`;
    default:
      return undefined;
  }
}

function holds(state: ReleaseState): Chapter[] {
  const { wait, phase, evidence, since } = state;
  const chapter = { type: 'Warning', reason: 'ReleaseHolds', on: 'service' } as const;
  const { decision } = evidence;
  const isWatched = strategyOf(state).waitsFor(state) === 'time';
  const isBlind = isWatched && decision?.verdict === 'unmeasurable';
  return [
    ...(wait.kind === 'paused'
      ? [
          {
            ...chapter,
            id: `paused/${wait.since}`,
            at: wait.since,
            text: `paused by an operator in phase ${phase}; it turns back at ${timestampOf(wait.until)} where nobody resumes it`,
          },
        ]
      : []),
    ...(isBlind
      ? [
          {
            ...chapter,
            id: `unmeasurable/${since}`,
            at: decision.at,
            text: `held in phase ${phase}: what the new version does cannot be measured (${decision.rule})`,
          },
        ]
      : []),
  ];
}

/** What triggers warn of, and what others have changed. */
function surprises({ evidence: { warnings = [], interferences = [] } }: ReleaseState): Chapter[] {
  const chapter = { type: 'Warning', on: 'service' } as const;
  return [
    ...warnings
      .filter(({ isFirst }) => isFirst)
      .map(({ at, trigger, why }) => ({
        ...chapter,
        id: `warns/${fingerprint(trigger)}`,
        at,
        reason: 'ReleaseWarns' as const,
        text: `a rollback condition warns: ${why}`,
      })),
    ...interferences.map((each) => ({
      ...chapter,
      id: `interfered/${fingerprint([each.at, each.object, each.what])}`,
      at: each.at,
      reason: 'ReleaseInterfered' as const,
      text: interferenceText(each),
    })),
  ];
}

function turns(plan: Plan, { direction, since, cause, evidence }: ReleaseState): Chapter[] {
  if (direction !== 'back') return [];
  const at = evidence.decision?.verdict === 'bad' ? evidence.decision.at : since;
  const why = cause === undefined ? '' : `: ${cause}`;
  const text = `${shortImage(plan.image.reference)} is taken back${why}`;
  return [{ id: 'back', at, type: 'Warning', reason: 'ReleaseTurnsBack', text, on: 'all' }];
}

function end(plan: Plan, state: ReleaseState, at: Instant): Chapter[] {
  const { outcome, code, cause, startedAt, evidence } = state;
  const reason = outcome === undefined ? undefined : ENDED[outcome];
  if (outcome === undefined || reason === undefined) return [];
  const { previousImage: from, image, service } = plan;
  const told = toldEnd(
    { outcome, cause, from, to: image.reference, startedAt, endedAt: at, evidence, ...known(code) },
    service,
  );
  const next = outcome === 'promoted' ? '' : `. Next: ${told.next}`;
  const type = outcome === 'promoted' ? 'Normal' : 'Warning';
  return [
    { id: 'ended', at, type, reason, text: `${told.sentence} (${told.code})${next}`, on: 'all' },
  ];
}

const ENDED: Readonly<Record<Outcome, StoryReason | undefined>> = {
  promoted: 'ReleasePromoted',
  'rolled-back': 'ReleaseRolledBack',
  failed: 'ReleaseFailed',
  // There is nothing to see on objects that were not changed.
  unchanged: undefined,
};

function known(code: ReleaseState['code']) {
  return code === undefined ? {} : { code };
}
