// What holds of every run, whatever its Pipeline looks like and whichever of its tasks fail.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { taskRuns } from '../../../tekton/collections.ts';
import { isDone } from '../../../tekton/conditions.ts';
import type { TaskRun } from '../../../tekton/model/runs.ts';
import { type Act, children, embedded, type PlayedRun, play, verdict } from '../support/plays.ts';
import { NAMESPACE } from '../support/simulation.ts';

interface AnyTask {
  readonly name: string;
  readonly runAfter: readonly string[];
  readonly guard: 'holds' | 'does not hold';
  readonly act: Act;
}

interface AnyPipeline {
  readonly tasks: readonly AnyTask[];
  readonly finals: readonly AnyTask[];
}

const anyAct = fc.record({
  seconds: fc.integer({ min: 1, max: 5 }),
  exit: fc.oneof(
    { arbitrary: fc.constant(0), weight: 4 },
    { arbitrary: fc.constant(1), weight: 1 },
  ),
});

/** A task that may run after any of those before it. */
function anyTask(prefix: string, place: number): fc.Arbitrary<AnyTask> {
  const before = Array.from({ length: place }, (_, at) => `${prefix}${at}`);
  return fc.record({
    name: fc.constant(`${prefix}${place}`),
    runAfter: prefix === 'final-' ? fc.constant([]) : fc.subarray(before),
    guard: fc.constantFrom('holds', 'holds', 'holds', 'does not hold'),
    act: anyAct,
  });
}

function several(prefix: string, least: number, most: number): fc.Arbitrary<readonly AnyTask[]> {
  return fc
    .integer({ min: least, max: most })
    .chain((count) => fc.tuple(...Array.from({ length: count }, (_, at) => anyTask(prefix, at))));
}

const anyPipeline: fc.Arbitrary<AnyPipeline> = fc.record({
  tasks: several('task-', 1, 6),
  finals: several('final-', 0, 2),
});

function written({ name, runAfter, guard }: AnyTask): object {
  const when = [{ input: guard, operator: 'in', values: ['holds'] }];
  return { name, ...embedded(), when, ...(runAfter.length > 0 && { runAfter }) };
}

type Moment = readonly ['starts' | 'succeeds' | 'fails', string];

interface Watched {
  readonly run: PlayedRun;
  readonly moments: readonly Moment[];
}

async function watched({ tasks, finals }: AnyPipeline): Promise<Watched> {
  const acts = Object.fromEntries([...tasks, ...finals].map(({ name, act }) => [name, act]));
  const run = play({ tasks: tasks.map(written), finally: finals.map(written) }, acts);
  const moments: Moment[] = [];
  taskRuns(run.world).watch(({ type, object, previous }) => {
    const task = object.metadata.labels?.['tekton.dev/pipelineTask'] ?? '';
    if (type === 'ADDED') moments.push(['starts', task]);
    if (isDone(object.status) && !isDone(previous?.status)) moments.push([endOf(object), task]);
  });
  await run.finish();
  return { run, moments };
}

function endOf(run: TaskRun): 'succeeds' | 'fails' {
  return verdict(run).startsWith('True') ? 'succeeds' : 'fails';
}

function indexOf(moments: readonly Moment[], what: readonly Moment[0][], task: string): number {
  return moments.findIndex(([kind, name]) => what.includes(kind) && name === task);
}

function holdsOfAny(check: (pipeline: AnyPipeline, watched: Watched) => void): Promise<void> {
  const property = fc.asyncProperty(anyPipeline, async (pipeline) => {
    check(pipeline, await watched(pipeline));
  });
  return fc.assert(property, { numRuns: 60, seed: 1 });
}

describe('in any run', () => {
  test('a task starts once, after all that it waits for', () =>
    holdsOfAny(({ tasks }, { moments }) => {
      for (const { name, runAfter } of tasks) {
        const starts = moments.filter(([kind, task]) => kind === 'starts' && task === name);
        expect(starts.length).toBeLessThanOrEqual(1);
        if (starts.length === 0) continue;
        for (const before of runAfter.filter((task) => moments.some(([, one]) => one === task))) {
          expect(indexOf(moments, ['succeeds'], before)).toBeLessThan(
            indexOf(moments, ['starts'], name),
          );
        }
      }
    }));

  test('nothing but final tasks starts after a failure', () =>
    holdsOfAny(({ finals }, { moments }) => {
      const isFinal = (task: string): boolean => finals.some(({ name }) => name === task);
      const failure = moments.findIndex(([kind, task]) => kind === 'fails' && !isFinal(task));
      const later = failure < 0 ? [] : moments.slice(failure);
      const started = later.flatMap(([kind, task]) => (kind === 'starts' ? [task] : []));
      expect(started.filter((task) => !isFinal(task))).toEqual([]);
    }));

  test('what runs finally starts when every task has ended, and always does', () =>
    holdsOfAny(({ tasks, finals }, { moments }) => {
      for (const { name, guard } of finals) {
        const start = indexOf(moments, ['starts'], name);
        expect(start >= 0).toBe(guard === 'holds');
        const later = start < 0 ? [] : moments.slice(start);
        expect(later.some(([, task]) => tasks.some((one) => one.name === task))).toBe(false);
      }
    }));

  test('every task is either a child or skipped, and a guard alone skips nothing else', () =>
    holdsOfAny(({ tasks, finals }, { run, moments }) => {
      const skippedTasks = (run.pipelineRun().status?.skippedTasks ?? []).map(({ name }) => name);
      const all = [...tasks, ...finals].map(({ name }) => name);
      expect([...children(run.pipelineRun()), ...skippedTasks].sort()).toEqual(all.sort());
      if (moments.some(([kind]) => kind === 'fails')) return;
      const guarded = [...tasks, ...finals].filter(({ guard }) => guard === 'does not hold');
      expect(skippedTasks.sort()).toEqual(guarded.map(({ name }) => name).sort());
    }));

  test('success means that nothing has failed, and nothing is left running', () =>
    holdsOfAny((_pipeline, { run, moments }) => {
      const hasFailed = moments.some(([kind]) => kind === 'fails');
      expect(verdict(run.pipelineRun()).startsWith('True')).toBe(!hasFailed);
      const left = taskRuns(run.world)
        .list(NAMESPACE)
        .filter(({ status }) => !isDone(status));
      expect(left).toEqual([]);
    }));

  test('the same happens again when it is run again', () => {
    const property = fc.asyncProperty(anyPipeline, async (pipeline) => {
      const [first, second] = [await watched(pipeline), await watched(pipeline)];
      expect(second.run.world.store.dump()).toEqual(first.run.world.store.dump());
    });
    return fc.assert(property, { numRuns: 20, seed: 1 });
  });
});
