// Follows a run to its end: what its steps say, as tkn prefixes it, then what came of it.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { askJson, commandLine } from './kubectl.mjs';

const LOOK_EVERY_MS = 1_000;

/** `kind` is pipelinerun or taskrun. Resolves to the exit code: 0 where the run succeeded. */
export async function follow(kind, namespace, name) {
  const followed = new Map();
  for (;;) {
    const run = askJson(['get', kind, name, '-n', namespace]);
    for (const taskRun of kind === 'taskrun' ? [run] : taskRunsOf(namespace, name)) {
      const { podName, steps } = taskRun.status ?? {};
      if (!podName || followed.has(podName) || !steps?.[0]?.container) continue;
      followed.set(podName, showLog(namespace, podName, titleOf(taskRun), steps[0]));
    }
    if (run.status?.completionTime) {
      await Promise.all(followed.values());
      return tell(run);
    }
    await sleep(LOOK_EVERY_MS);
  }
}

function taskRunsOf(namespace, run) {
  const { items } = askJson([
    'get',
    'taskruns',
    '-n',
    namespace,
    '-l',
    `tekton.dev/pipelineRun=${run}`,
  ]);
  return items;
}

function titleOf({ metadata }) {
  return metadata.labels['tekton.dev/pipelineTask'] ?? metadata.labels['tekton.dev/task'];
}

/** Resolves when the step has ended; what it said until then is lost where its pod is gone. */
function showLog(namespace, pod, task, { name, container }) {
  const [program, ...args] = commandLine(['logs', '-f', pod, '-c', container, '-n', namespace]);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  createInterface({ input: child.stdout }).on('line', (line) => {
    process.stdout.write(`[${task} : ${name}] ${line}\n`);
  });
  return new Promise((resolve) => child.once('close', resolve));
}

function tell({ metadata, status }) {
  const [{ status: succeeded, reason, message }] = status.conditions;
  const results = (status.results ?? []).filter(({ value }) => value !== '');
  for (const { name, value } of results) process.stdout.write(`${name}: ${String(value).trim()}\n`);
  process.stdout.write(`${metadata.name}: ${reason}, ${message}\n`);
  return succeeded === 'True' ? 0 : 1;
}
