/** One marked message to every channel of the config, whatever it wants to hear of, and what each has answered. */
import { fateOf } from '../../core/channels/answer.ts';
import { ofTest } from '../../core/report/test-message.ts';
import { BadInput } from '../../effects/base/failure.ts';
import { loadSettings } from '../../effects/config/load.ts';
import type { StageContext } from '../../effects/context/stage-context.ts';
import { paramsOf, subjectOf } from '../../effects/stage/options.ts';
import type { StageEnd } from '../../effects/stage/run-stage.ts';
import { send } from '../../effects/tell/send.ts';

const TIMEOUT_MS = 10_000;

/** Ends with 1 where one of them has not taken it; none is asked again. Throws BadInput as a release would. */
export async function testChannels(
  context: StageContext,
  options: Readonly<Record<string, string>>,
): Promise<StageEnd> {
  const { kube, clock, log } = context;
  const subject = subjectOf(options);
  const asked = { ...paramsOf(options), imageTag: 'test', dryRun: 'false', deployTimeout: 'any' };
  const { notifications, strategy } = await loadSettings(kube, asked);
  if (notifications.length === 0) {
    throw new BadInput([
      'the release config names no channel: write notifications, then test them',
    ]);
  }
  const message = ofTest(subject, strategy, clock.now());
  const failed = await Promise.all(
    notifications.map(async (target, at) => {
      const answered = await send(context, target, message, TIMEOUT_MS);
      const outcome = fateOf(answered, 0, clock.now()).kind === 'told' ? 'sent' : 'failed';
      const reason = `notifications[${at}]: ${answered.why}`;
      log.event({
        event: 'notification',
        notification: target.type,
        about: 'test',
        outcome,
        reason,
      });
      return outcome === 'failed';
    }),
  );
  const left = failed.filter((is) => is).length;
  return {
    exitCode: left === 0 ? 0 : 1,
    results: { left: `${left}` },
    summary: {
      event: 'stage-ended',
      stage: 'notification',
      outcome: left === 0 ? 'passed' : 'failed',
      note: `${failed.length - left} of ${failed.length} channels took the test message`,
    },
  };
}
