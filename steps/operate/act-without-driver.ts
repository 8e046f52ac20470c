/** Carries out an order where no process drives the release: it was cut off, or is between two stages. */

import type { Instant } from '../../core/base/vocabulary.ts';
import { askerText } from '../../core/journal/commands/asker.ts';
import { type Answer, askedBy, type Order } from '../../core/journal/commands/command.ts';
import { type Entry, withAnswers, withTransition } from '../../core/journal/journal.ts';
import { answerLine } from '../../core/report/status-line.ts';
import type { ReleaseState } from '../../core/state/state.ts';
import { heed } from '../../core/strategies/command.ts';
import { strategyOf } from '../../core/strategies/registry.ts';
import { StageFailure } from '../../effects/base/failure.ts';
import { tellEnd } from '../../effects/driver/notifier.ts';
import { type Driving, drive } from '../../effects/driver/reconcile-loop.ts';
import { takeToEnd } from '../../effects/driver/run-release.ts';
import { validate } from '../../effects/driver/validate.ts';
import type { StepEnd } from '../../effects/stage/run-stage.ts';
import { endOf } from './end.ts';

export async function actAlone(driving: Driving, entry: Entry, order: Order): Promise<StepEnd> {
  const { clock, journal, log } = driving;
  const { plan } = entry;
  const { state, answer } = reply(entry, order, clock.now());
  const answered = withAnswers(journal.journal(), [answer]);
  await journal.save(withTransition(answered, plan, state, [], clock.now()));
  if (answer.taken === 'refused') return endOf(answer);
  const left = { ...entry, state };
  switch (order.order) {
    case 'pause':
    case 'resume':
      return endOf(answer);
    case 'abort':
    case 'drain': {
      log.line(answerLine(answer));
      const entry = await takeToEnd(driving, left, (same) => same);
      await tellEnd(driving, journal, plan);
      return ended(answer, entry, 'rolled-back');
    }
    case 'promote': {
      log.line(answerLine(answer));
      const entry = await promote(driving, left);
      await tellEnd(driving, journal, plan);
      return ended(answer, entry, 'promoted');
    }
  }
}

/** What a process that drove it would answer, and what only one that does not can say. */
function reply(
  { plan, state }: Entry,
  order: Order,
  at: Instant,
): { readonly state: ReleaseState; readonly answer: Answer } {
  const { id, order: name } = order;
  const answer = (taken: Answer['taken'], text: string) => ({
    state,
    answer: { id, order: name, ...askedBy(order), at, taken, text },
  });
  const waits = state.phase === 'holding';
  if (!waits && (name === 'pause' || name === 'resume')) {
    return answer(
      'refused',
      `no process drives it any more (phase ${state.phase}): abort it, or leave it to recover`,
    );
  }
  // Who cut it off has kept it from its end: what was asked for is begun already, and is finished now.
  if (state.direction === 'back' && (name === 'abort' || name === 'drain')) {
    return answer(
      'heeded',
      `it was turning back already, because ${state.cause}: it is finished here and now`,
    );
  }
  const heeded = heed(plan, state, [order], at);
  const [given] = heeded.answers;
  return given
    ? { state: heeded.state, answer: given }
    : answer('heeded', 'it is validated here and now, and concluded if it is good');
}

/** To where it waits for somebody to conclude, and on from there if its validation finds no fault. */
async function promote(driving: Driving, entry: Entry): Promise<Entry> {
  const { log } = driving;
  const { plan } = entry;
  const state = await drive(driving, plan, entry.state, 'handed-over');
  if (state.outcome !== undefined) return { ...entry, state };
  if (state.phase !== 'holding' || driving.stop.aborted) {
    throw new StageFailure(143, `stopped in phase ${state.phase}, before it was promoted`);
  }
  const { checked, faults } = await validate(driving, plan);
  log.line(`validation=${faults.length === 0 ? 'passed' : 'failed'} checked="${checked}"`);
  for (const fault of faults) log.line(`smoke=failed ${fault}`);
  return takeToEnd(driving, { ...entry, state }, (held, at) =>
    faults.length === 0
      ? held
      : strategyOf(plan).turnBack(held, at, `validation failed: ${faults[0]}`),
  );
}

function ended(answer: Answer, { state }: Entry, wanted: 'promoted' | 'rolled-back'): StepEnd {
  const reason = state.cause === undefined ? '' : ` reason="${state.cause}"`;
  const good = state.outcome === wanted;
  return {
    exitCode: good ? 0 : 1,
    results: { answer: `${answer.taken}: ${state.outcome}` },
    summary: `order=${answer.order} ${askerText(answer)} outcome=${state.outcome}${reason}`,
  };
}
