// Follows a run to its end: what its steps say, as tkn prefixes it, then what came of it. One step after
// the other, in the Pipeline's order: what ran side by side, or ran long ago, would be told mixed.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { askJson, commandLine } from './kubectl.mjs';

const LOOK_EVERY_MS = 1_000;

/** `kind` is pipelinerun or taskrun. Resolves to the exit code: 0 where the run succeeded. */
export async function follow(kind, namespace, name) {
  const followed = new Set();
  let told = Promise.resolve();
  for (;;) {
    const run = askJson(['get', kind, name, '-n', namespace]);
    for (const taskRun of kind === 'taskrun' ? [run] : taskRunsOf(namespace, run)) {
      const { podName, steps } = taskRun.status ?? {};
      if (!podName || followed.has(podName) || !steps?.[0]?.container) continue;
      followed.add(podName);
      told = told.then(() => showLog(namespace, podName, titleOf(taskRun), steps[0]));
    }
    if (run.status?.completionTime) {
      await told;
      return tell(run);
    }
    await sleep(LOOK_EVERY_MS);
  }
}

function taskRunsOf(namespace, { metadata, status }) {
  const ours = ['-l', `tekton.dev/pipelineRun=${metadata.name}`];
  const { items } = askJson(['get', 'taskruns', '-n', namespace, ...ours]);
  const order = (status?.childReferences ?? []).map(({ name }) => name);
  const placeOf = (taskRun) => order.indexOf(taskRun.metadata.name);
  // One that is not in the order yet is for the next look.
  return items.filter((each) => placeOf(each) >= 0).sort((a, b) => placeOf(a) - placeOf(b));
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
  // Of a result of many lines, such as a table, the step has said more than fits into it.
  const results = (status.results ?? []).filter(({ value }) => /^.+$/.test(String(value).trim()));
  for (const { name, value } of results) process.stdout.write(`${name}: ${String(value).trim()}\n`);
  process.stdout.write(`${metadata.name}: ${reason}, ${message}\n`);
  return succeeded === 'True' ? 0 : 1;
}
