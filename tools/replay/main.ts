/** npm run replay -- <journal.json> [--config <release.yaml>]: a recorded release under another policy. */

import type { Policy } from '../../core/analysis/analysis-input.ts';
import { formatDuration } from '../../core/base/duration.ts';
import type { Entry } from '../../core/journal/journal.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { replay } from '../../core/report/replay.ts';
import { BadInput } from '../../effects/base/failure.ts';
import { loadSettings } from '../../effects/config/load.ts';
import { runTool } from '../tool.ts';

runTool(
  'npm run replay -- <journal.json> [--config <release.yaml>]',
  (argv) =>
    argv.option('config', {
      type: 'string',
      describe: 'The policy; default: the one it was recorded under',
    }),
  (current, { config }) => tellReplay(current, config),
);

async function tellReplay(current: Entry, config: string | undefined): Promise<void> {
  const { plan, state } = current;
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  say(
    `recorded release=${plan.release} outcome=${state.outcome ?? 'none yet'}${state.cause ? ` reason="${state.cause}"` : ''}`,
  );
  const replayed = replay(current, await policyOf(plan, config));
  if (!replayed)
    throw new BadInput(['nothing was measured in this release: there is nothing to replay']);
  const { kind, afterMs, last, warnings } = replayed;
  const { rule, candidate, stable } = last.decision;
  for (const text of warnings) say(`anomaly="${text}"`);
  say(`replayed ${kind} after=${formatDuration(afterMs)} verdict=${last.verdict} rule="${rule}"`);
  say(`why="${last.why}"`);
  say(
    `candidate-requests=${candidate.requests} bad-requests=${candidate.errors} stable-requests=${stable.requests} stable-bad-requests=${stable.errors}`,
  );
}

async function policyOf(plan: Plan, config: string | undefined): Promise<Policy> {
  if (config === undefined) return plan.settings;
  const noCluster = { get: async () => undefined }; // a file needs none
  return loadSettings(noCluster, {
    service: plan.service,
    namespace: plan.namespace,
    imageTag: plan.image.tag,
    imageRepository: '',
    strategy: plan.strategy,
    dryRun: 'false',
    deployTimeout: 'any',
    configMap: '',
    configFile: config,
  });
}
