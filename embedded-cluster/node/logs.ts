/** What containers wrote, of their present run and of the one before, as a node keeps it. */

import type { Clock } from '../base/clock.ts';
import type { LogLine, PodLogs } from '../kubernetes/api/pod-logs.ts';
import { pods } from '../kubernetes/collection.ts';
import type { KubeObject } from '../kubernetes/store/object.ts';
import type { Running, World } from '../kubernetes/world.ts';

interface LogSink {
  write(text: string): void;
  /** The end of what was written. */
  tail(lineCount: number): string;
  end(): void;
}

export interface NodeLogs extends PodLogs {
  /** Begins the log of a new run of the container. */
  open(pod: KubeObject, container: string): LogSink;
  forget(pod: KubeObject): void;
}

/** Logs go with their pods. */
export function startLogCleanup(world: World, logs: NodeLogs): Running {
  const unwatch = pods(world).watch(({ type, object }) => {
    if (type === 'DELETED') logs.forget(object);
  });
  return { stop: unwatch };
}

interface Run {
  lines: LogLine[];
  state: 'open' | 'ended';
  readonly onLine: Set<(line: LogLine) => void>;
  readonly onEnd: Set<() => void>;
}

interface Runs {
  current: Run;
  previous: Run | undefined;
}

const KEPT_LINES = 20_000;

export function createNodeLogs(clock: Clock): NodeLogs {
  const byContainer = new Map<string, Runs>();
  const keyOf = (pod: KubeObject, container: string): string => `${pod.metadata.uid}/${container}`;

  return {
    open: (pod, container) => {
      const run: Run = { lines: [], state: 'open', onLine: new Set(), onEnd: new Set() };
      const key = keyOf(pod, container);
      byContainer.set(key, { current: run, previous: byContainer.get(key)?.current });
      return sinkOf(run, clock);
    },
    forget: ({ metadata }) => {
      for (const key of byContainer.keys()) {
        if (key.startsWith(`${metadata.uid}/`)) byContainer.delete(key);
      }
    },
    lines: (pod, container, run) => byContainer.get(keyOf(pod, container))?.[run]?.lines,
    follow: (pod, container, onLine, onEnd) => {
      const run = byContainer.get(keyOf(pod, container))?.current;
      if (!run || run.state === 'ended') {
        const timer = clock.after(0, onEnd);
        return { stop: () => timer.cancel() };
      }
      run.onLine.add(onLine);
      run.onEnd.add(onEnd);
      return {
        stop: () => {
          run.onLine.delete(onLine);
          run.onEnd.delete(onEnd);
        },
      };
    },
  };
}

function sinkOf(run: Run, clock: Clock): LogSink {
  let unfinished = '';
  const add = (text: string): void => {
    const line = { atMs: clock.now(), text };
    run.lines.push(line);
    if (run.lines.length > 2 * KEPT_LINES) run.lines = run.lines.slice(-KEPT_LINES);
    for (const listener of run.onLine) listener(line);
  };
  return {
    write: (text) => {
      const lines = (unfinished + text).split('\n');
      unfinished = lines.pop() ?? '';
      lines.forEach(add);
    },
    tail: (lineCount) =>
      run.lines
        .slice(-lineCount)
        .map(({ text }) => `${text}\n`)
        .join(''),
    end: () => {
      if (unfinished !== '') add(unfinished);
      unfinished = '';
      run.state = 'ended';
      for (const listener of run.onEnd) listener();
    },
  };
}
