/** Carries out an order where no process drives the release: it was cut off, or is between two stages. */

import { because, type Instant } from '../../core/base/vocabulary.ts';
import {
  askedBy,
  type Command,
  type CommandResponse,
} from '../../core/journal/commands/command.ts';
import { type Entry, withResponses, withTransition } from '../../core/journal/journal.ts';
import { askerFields } from '../../core/report/log/asker-fields.ts';
import { responseFields } from '../../core/report/status-line.ts';
import type { ReleaseState } from '../../core/state/state.ts';
import { acceptCommand } from '../../core/strategies/command.ts';
import { isHandedOver, strategyOf } from '../../core/strategies/registry.ts';
import { StageFailure } from '../../effects/base/failure.ts';
import { tellPending } from '../../effects/driver/notifier.ts';
import { reconcile } from '../../effects/driver/reconcile.ts';
import { driveToCompletion } from '../../effects/driver/run-release.ts';
import { validate } from '../../effects/driver/validate.ts';
import type { OwnedRelease } from '../../effects/ownership/owned-release.ts';
import type { StageEnd } from '../../effects/stage/run-stage.ts';
import { endOf } from './end.ts';

export async function actWithoutDriver(
  owned: OwnedRelease,
  entry: Entry,
  order: Command,
): Promise<StageEnd> {
  const { clock, journal, log } = owned;
  const { plan } = entry;
  const { state, answer } = reply(entry, order, clock.now());
  const answered = withResponses(journal.journal(), [answer]);
  await journal.save(withTransition(answered, plan, state, [], clock.now()));
  if (answer.taken === 'refused') return endOf(answer);
  const left = { ...entry, state };
  switch (order.order) {
    case 'pause':
    case 'resume':
      return endOf(answer);
    case 'abort':
    case 'drain': {
      log.event({ event: 'command', ...responseFields(answer) });
      const entry = await driveToCompletion(owned, left, (same) => same);
      await tellPending(owned, plan, journal.journal());
      return ended(answer, entry, 'rolled-back');
    }
    case 'promote': {
      log.event({ event: 'command', ...responseFields(answer) });
      const entry = await promote(owned, left);
      await tellPending(owned, plan, journal.journal());
      return ended(answer, entry, 'promoted');
    }
  }
}

/** What a process that drove it would answer, and what only one that does not can say. */
function reply(
  { plan, state }: Entry,
  order: Command,
  at: Instant,
): { readonly state: ReleaseState; readonly answer: CommandResponse } {
  const { id, order: name } = order;
  const answer = (taken: CommandResponse['taken'], text: string) => ({
    state,
    answer: { id, order: name, ...askedBy(order), at, taken, text },
  });
  const waits = isHandedOver(state);
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
  const accepted = acceptCommand(plan, state, [order], at);
  const [given] = accepted.answers;
  return given
    ? { state: accepted.state, answer: given }
    : answer('heeded', 'it is validated here and now, and concluded if it is good');
}

/** To where it waits for somebody to conclude, and on from there if its validation finds no fault. */
async function promote(owned: OwnedRelease, entry: Entry): Promise<Entry> {
  const { log } = owned;
  const { plan } = entry;
  const state = await reconcile(owned, plan, entry.state, 'handed-over');
  if (state.outcome !== undefined) return { ...entry, state };
  if (!isHandedOver(state) || owned.stop.aborted) {
    throw new StageFailure(143, `stopped in phase ${state.phase}, before it was promoted`);
  }
  const { checked, faults } = await validate(owned, plan);
  const validation = faults.length === 0 ? 'passed' : 'failed';
  log.event({ event: 'validation', validation, checked });
  for (const reason of faults) log.event({ event: 'smoke-failed', smoke: 'failed', reason });
  return driveToCompletion(owned, { ...entry, state }, (held, at) =>
    faults.length === 0
      ? held
      : strategyOf(plan).turnBack(
          held,
          at,
          because('post-validation', `validation failed: ${faults[0]}`),
        ),
  );
}

function ended(
  answer: CommandResponse,
  { state }: Entry,
  wanted: 'promoted' | 'rolled-back',
): StageEnd {
  const good = state.outcome === wanted;
  return {
    exitCode: good ? 0 : 1,
    results: { answer: `accepted: ${state.outcome}` },
    summary: {
      event: 'stage-ended',
      stage: 'operate',
      command: answer.order,
      ...askerFields(answer),
      outcome: state.outcome,
      reason: state.cause,
    },
  };
}
