/** Accepts an operator's command or refuses it: what becomes of the release, and what is answered. */
import { formatDuration } from '../base/duration.ts';
import { because, type Instant } from '../base/vocabulary.ts';
import { askedBy, type Command, type CommandResponse } from '../journal/commands/command.ts';
import type { Plan } from '../plan/plan.ts';
import type { ReleaseState } from '../state/state.ts';
import { paused, resumed } from '../state/transitions.ts';
import { strategyOf } from './registry.ts';
import type { WaitsFor } from './strategy.ts';

export interface Accepted {
  readonly state: ReleaseState;
  readonly answers: readonly CommandResponse[];
}

/** Accepts commands one after the other; those that have to wait a moment are left unanswered. */
export function acceptCommand(
  plan: Plan,
  begun: ReleaseState,
  commands: readonly Command[],
  at: Instant,
): Accepted {
  let state = begun;
  const answers: CommandResponse[] = [];
  for (const command of commands) {
    const reply = replyTo(plan, state, command, at);
    if (reply.kind === 'later') continue;
    if (reply.kind === 'accepted') state = reply.state;
    const { id, order } = command;
    // The journal keeps this word for it.
    const taken = reply.kind === 'accepted' ? 'heeded' : reply.kind;
    answers.push({ id, order, ...askedBy(command), at, taken, text: reply.text });
  }
  return { state, answers };
}

type Reply =
  | { readonly kind: 'accepted'; readonly state: ReleaseState; readonly text: string }
  | { readonly kind: 'refused'; readonly text: string }
  | { readonly kind: 'later' };

function replyTo(plan: Plan, state: ReleaseState, command: Command, at: Instant): Reply {
  if (state.direction === 'back') {
    return refused(`it is turning back already, because ${state.cause}`);
  }
  const strategy = strategyOf(plan);
  const waitsFor = strategy.waitsFor(state);
  if (waitsFor === 'end') {
    return refused(
      `the old version is being let go (phase ${state.phase}): it is finished instead`,
    );
  }
  switch (command.order) {
    case 'promote':
      return promote(waitsFor, state, at);
    case 'pause':
      // Half of what it writes might be done.
      return waitsFor === 'write' ? LATER : pause(state, at, command.limitMs);
    case 'resume':
      return state.wait.kind === 'paused'
        ? accepted(resumed(state, at), `goes on in phase ${state.phase}`)
        : refused('it is not paused');
    case 'abort':
    case 'drain': {
      const cause =
        command.order === 'abort'
          ? because('aborted', `aborted by ${command.by}`)
          : because('drained', `drained by ${command.by}: no traffic to the candidate any more`);
      const back = strategy.turnBack(state, at, cause);
      return accepted(back, `turns back from phase ${state.phase}`);
    }
  }
}

const LATER: Reply = { kind: 'later' };

function promote(waitsFor: WaitsFor, state: ReleaseState, at: Instant): Reply {
  switch (waitsFor) {
    case 'time': {
      const skipped = { ...resumed(state, at), wait: { kind: 'skipped' } } as const;
      return accepted(skipped, `waits no longer in phase ${state.phase}`);
    }
    case 'validation':
      // Not skipped: what concludes it has validated it, or does so first.
      return state.wait.kind === 'paused'
        ? accepted(resumed(state, at), `goes on in phase ${state.phase}`)
        : LATER;
    case 'evidence':
    case 'write':
    case 'end':
      return refused(
        `phase ${state.phase} waits for evidence and not for time: there is nothing to skip`,
      );
  }
}

function pause(state: ReleaseState, at: Instant, limitMs: number): Reply {
  const limit = formatDuration(limitMs);
  return accepted(
    paused(resumed(state, at), at, limitMs),
    `stays in phase ${state.phase}, and turns back unless it is resumed within ${limit}`,
  );
}

function accepted(state: ReleaseState, text: string): Reply {
  return { kind: 'accepted', state, text };
}

function refused(text: string): Reply {
  return { kind: 'refused', text };
}
