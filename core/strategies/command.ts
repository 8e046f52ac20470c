/** Takes up an operator's order: what becomes of the release, and what the operator is answered. */
import { formatDuration } from '../base/duration.ts';
import type { Instant } from '../base/vocabulary.ts';
import { askedBy, type Command, type CommandResponse } from '../journal/commands/command.ts';
import type { Plan } from '../plan/plan.ts';
import type { ReleaseState } from '../state/state.ts';
import { paused, resumed } from '../state/transitions.ts';
import { strategyOf } from './registry.ts';

export interface Accepted {
  readonly state: ReleaseState;
  readonly answers: readonly CommandResponse[];
}

/**
 * What a phase waits for. Time may be cut short by an operator, evidence never. A phase that writes
 * routes cannot be held: half of it might be done. What is let go cannot be turned back.
 */
const WAITS_FOR: Readonly<
  Record<ReleaseState['phase'], 'evidence' | 'time' | 'write' | 'validation' | 'end'>
> = {
  routing: 'write',
  preparing: 'evidence',
  testing: 'evidence',
  switching: 'write',
  confirming: 'evidence',
  rolling: 'evidence',
  monitoring: 'time',
  holding: 'validation',
  landing: 'end',
  draining: 'end',
  retiring: 'end',
  tidying: 'end',
  settling: 'end',
  done: 'end',
};

/** Takes up orders one after the other; those that have to wait a moment are left unanswered. */
export function acceptCommand(
  plan: Plan,
  begun: ReleaseState,
  orders: readonly Command[],
  at: Instant,
): Accepted {
  let state = begun;
  const answers: CommandResponse[] = [];
  for (const order of orders) {
    const reply = replyTo(plan, state, order, at);
    if (reply.kind === 'later') continue;
    if (reply.kind === 'heeded') state = reply.state;
    const { id, order: name } = order;
    const asked = { id, order: name, ...askedBy(order), at };
    answers.push({ ...asked, taken: reply.kind, text: reply.text });
  }
  return { state, answers };
}

type Reply =
  | { readonly kind: 'heeded'; readonly state: ReleaseState; readonly text: string }
  | { readonly kind: 'refused'; readonly text: string }
  | { readonly kind: 'later' };

function replyTo(plan: Plan, state: ReleaseState, order: Command, at: Instant): Reply {
  if (state.direction === 'back') {
    return refused(`it is turning back already, because ${state.cause}`);
  }
  if (WAITS_FOR[state.phase] === 'end') {
    return refused(
      `the old version is being let go (phase ${state.phase}): it is finished instead`,
    );
  }
  switch (order.order) {
    case 'promote':
      return promote(state, at);
    case 'pause':
      return pause(state, at, order.limitMs);
    case 'resume':
      return state.wait.kind === 'paused'
        ? heeded(resumed(state, at), `goes on in phase ${state.phase}`)
        : refused('it is not paused');
    case 'abort':
    case 'drain': {
      const cause =
        order.order === 'abort'
          ? `aborted by ${order.by}`
          : `drained by ${order.by}: no traffic to the candidate any more`;
      const back = strategyOf(plan).turnBack(state, at, cause);
      return heeded(back, `turns back from phase ${state.phase}`);
    }
  }
}

const LATER: Reply = { kind: 'later' };

function promote(state: ReleaseState, at: Instant): Reply {
  switch (WAITS_FOR[state.phase]) {
    case 'time': {
      const skipped = { ...resumed(state, at), wait: { kind: 'skipped' } } as const;
      return heeded(skipped, `waits no longer in phase ${state.phase}`);
    }
    case 'validation':
      // Not skipped: whoever concludes has validated it, or does so first.
      return state.wait.kind === 'paused'
        ? heeded(resumed(state, at), `goes on in phase ${state.phase}`)
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
  if (WAITS_FOR[state.phase] === 'write') return LATER;
  const limit = formatDuration(limitMs);
  return heeded(
    paused(resumed(state, at), at, limitMs),
    `stays in phase ${state.phase}, and turns back if nobody resumes it within ${limit}`,
  );
}

function heeded(state: ReleaseState, text: string): Reply {
  return { kind: 'heeded', state, text };
}

function refused(text: string): Reply {
  return { kind: 'refused', text };
}
