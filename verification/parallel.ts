/** Work that needs nothing but the processor, spread over the processors there are. */
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

interface Piece {
  readonly at: number;
  readonly task: unknown;
}

/** `told` of each result as it comes. */
export type ShareOut<Task, Result> = (
  tasks: readonly Task[],
  told?: (result: Result) => void,
) => Promise<readonly Result[]>;

/**
 * Run by a program in its main thread and in its workers, which are the same program: there,
 * `lead` is given a function that has tasks done and returns what came of each, in their order;
 * here, each task is done. Tasks and results are data.
 */
export async function inParallel<Task, Result>(
  program: string,
  lead: (all: ShareOut<Task, Result>) => Promise<void>,
  work: (task: Task) => Promise<Result>,
): Promise<void> {
  if (isMainThread) return lead((tasks, told) => shareOut(program, tasks, told));
  parentPort?.on('message', async ({ at, task }: Piece) => {
    // Only `shareOut` sends anything, and it sends tasks.
    parentPort?.postMessage({ at, result: await work(task as Task) });
  });
}

async function shareOut<Task, Result>(
  program: string,
  tasks: readonly Task[],
  told: (result: Result) => void = () => undefined,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  let next = 0;
  const employ = async (): Promise<void> => {
    const worker = new Worker(fileURLToPath(program), { argv: process.argv.slice(2) });
    while (next < tasks.length) {
      const at = next;
      next += 1;
      worker.postMessage({ at, task: tasks[at] });
      const [{ result }] = (await once(worker, 'message')) as [{ result: Result }]; // what `work` returns
      results[at] = result;
      told(result);
    }
    await worker.terminate();
  };
  const hands = Math.min(availableParallelism(), tasks.length);
  await Promise.all(Array.from({ length: hands }, employ));
  return results;
}
