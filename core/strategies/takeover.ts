/**
 * What a stage does with what it finds in the journal. A release that was left half done is never
 * left so: the next process goes on with it, finishes it or undoes it.
 */
import { because, type Cause, type ReleaseId } from '../base/vocabulary.ts';
import {
  type Entry,
  type Journal,
  type ReleaseRecord,
  recordOf,
  unfinished,
} from '../journal/journal.ts';
import {
  howReleasingEnded,
  isValidated,
  type StageEnds,
  whyNotValidated,
} from '../journal/stages.ts';
import type { ReleaseState } from '../state/state.ts';
import { isHandedOver } from './registry.ts';

/** What the deploy stage finds when it may drive. */
export type DeployTakeover =
  | { readonly kind: 'begin' }
  | { readonly kind: 'resume'; readonly entry: Entry }
  /** This very release has ended already: a retry has only to say so. */
  | { readonly kind: 'report'; readonly entry: Entry }
  /** It has ended, and others have come since: beginning it anew would undo what they did. */
  | { readonly kind: 'over'; readonly record: ReleaseRecord }
  /** Another release's process is gone: put things back before beginning. */
  | { readonly kind: 'undo-first'; readonly entry: Entry };

export function takeOverToDeploy(journal: Journal, release: ReleaseId): DeployTakeover {
  const { current } = journal;
  if (current?.plan.release === release) {
    return { kind: current.state.outcome === undefined ? 'resume' : 'report', entry: current };
  }
  const record = recordOf(journal, release);
  if (record) return { kind: 'over', record };
  const left = unfinished(journal);
  return left ? { kind: 'undo-first', entry: left } : { kind: 'begin' };
}

export type ConcludeTakeover =
  /** Nothing was begun, or it was another release's business. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'report'; readonly entry: Entry }
  | { readonly kind: 'finish'; readonly entry: Entry }
  | { readonly kind: 'undo'; readonly entry: Entry; readonly cause: Cause };

export function takeOverToConclude(
  journal: Journal,
  release: ReleaseId,
  ends: StageEnds,
): ConcludeTakeover {
  const { current } = journal;
  if (current?.plan.release !== release) return { kind: 'nothing' };
  if (current.state.outcome !== undefined) return { kind: 'report', entry: current };
  const handedOver = isHandedOver(current.state);
  if (handedOver && isValidated(ends)) return { kind: 'finish', entry: current };
  const cause = handedOver ? whyNotValidated(ends) : causeOf(current.state, ends);
  return { kind: 'undo', entry: current, cause };
}

function causeOf(state: ReleaseState, ends: StageEnds): Cause {
  const { stage, how } = howReleasingEnded(ends);
  return because('cut-off', `${stage} ended in phase ${state.phase} (${how})`);
}
