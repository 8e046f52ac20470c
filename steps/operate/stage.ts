/** operate: what an operator may ask of a service's releases, while one runs and while none does. */
import { parseDurationMs } from '../../core/base/duration.ts';
import { isTag } from '../../core/base/image.ts';
import { CONCURRENCY, type Concurrency } from '../../core/journal/commands/queue.ts';
import type { Service } from '../../core/kubernetes/network-objects.ts';
import { BadInput } from '../../effects/base/failure.ts';
import type { StageContext } from '../../effects/context/stage-context.ts';
import type { ReleaseSubject } from '../../effects/ownership/lease/lease.ts';
import { SUBJECT_OPTIONS, subjectOf, text } from '../../effects/stage/options.ts';
import { option, type Stage, type StageEnd } from '../../effects/stage/run-stage.ts';
import { COMMANDS, type Command, isCommand } from './command.ts';
import { rollBack, type Wanted } from './roll-back.ts';
import { type Asked, sendCommand } from './send-command.ts';
import { history, status } from './show-status.ts';
import { type Turn, waitInQueue } from './wait-in-queue.ts';

export const stage: Stage = {
  name: 'operate',
  summary: "shows a service's releases, and tells a running one what to do",
  options: {
    ...SUBJECT_OPTIONS,
    'release-id': option('Names this run of the command, and the release that a rollback is'),
    command: option(`What to do: ${COMMANDS.join(', ')}`),
    by: option('Who asks, for the record', 'an operator'),
    limit: option(
      'pause: turn back if it is not resumed within this time; turn: how long to wait',
      '15m',
    ),
    concurrency: option(
      `turn: what becomes of a release under way: ${CONCURRENCY.join(', ')}`,
      'queue',
    ),
    run: option('turn: the PipelineRun that it is part of', ''),
    'image-tag': option('rollback-to-version: the version to go back to', ''),
    'registry-credentials-dir': option('A folder with a Docker config.json for the registry', ''),
    'secrets-dir': option('Where the files are that the config names as secret', ''),
  },
  results: ['answer'],
  run: async (options, context) => {
    const subject = subjectOf(options);
    const { command, limitMs, concurrency } = checked(options);
    const asked: Asked = { id: subject.release, by: text(options, 'by'), limitMs };
    await findService(context, subject);
    if (command === 'turn') {
      const run = { namespace: text(options, 'run-namespace'), name: text(options, 'run') };
      const turn: Turn = { concurrency, limitMs, run };
      return waitInQueue(context, subject, turn);
    }
    const wanted: Wanted =
      command === 'rollback-to-version'
        ? {
            kind: 'version',
            tag: text(options, 'image-tag'),
            credentialsDir: text(options, 'registry-credentials-dir'),
          }
        : { kind: 'previous' };
    return carryOut(context, subject, command, asked, wanted);
  },
};

function carryOut(
  context: StageContext,
  subject: ReleaseSubject,
  command: Exclude<Command, 'turn'>,
  asked: Asked,
  wanted: Wanted,
): Promise<StageEnd> {
  switch (command) {
    case 'status':
      return status(context, subject);
    case 'history':
      return history(context, subject);
    case 'promote':
    case 'pause':
    case 'resume':
    case 'abort':
    case 'drain':
      return sendCommand(context, subject, command, asked);
    case 'rollback':
    case 'rollback-to-version':
      return rollBack(context, subject, wanted, asked);
  }
}

/** Throws with every fault at once. */
function checked(options: Readonly<Record<string, string>>): {
  readonly command: Command;
  readonly limitMs: number;
  readonly concurrency: Concurrency;
} {
  const command = text(options, 'command');
  const limit = text(options, 'limit');
  const version = text(options, 'image-tag');
  const limitMs = parseDurationMs(limit) ?? 0;
  const faults: string[] = [];
  if (limitMs === 0) faults.push(`param limit: "${limit}" is not a duration such as 15m`);
  const concurrency = CONCURRENCY.find((name) => name === text(options, 'concurrency'));
  if (!concurrency) {
    faults.push(`param concurrency: must be one of ${CONCURRENCY.join(', ')}`);
  }
  if (command === 'rollback-to-version' && !isTag(version)) {
    faults.push(`param image-tag: "${version}" is no image tag`);
  }
  if (!isCommand(command)) {
    throw new BadInput([`command "${command}" must be one of ${COMMANDS.join(', ')}`, ...faults]);
  }
  if (faults.length > 0 || !concurrency) throw new BadInput(faults);
  return { command, limitMs, concurrency };
}

async function findService({ kube }: StageContext, { namespace, service }: ReleaseSubject) {
  const target = { apiVersion: 'v1', kind: 'Service', namespace, name: service };
  if (await kube.get<Service>(target)) return;
  throw new BadInput([`service ${service} not found in namespace ${namespace}`]);
}
