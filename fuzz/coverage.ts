/** Which code has been run, by V8's own counters: nothing has to be instrumented. */
import { type Profiler, Session } from 'node:inspector';

export interface Coverage {
  /** How many blocks were run since it was last asked that are not known. */
  news(): number;
  /** The same, and from now on these are known. */
  learn(): number;
  /** Blocks that have been run so far. */
  size(): number;
}

/** Of this thread, from now on. */
export function startCoverage(): Coverage {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const known = new Set<string>();

  /** What was run since the last time. */
  const take = (): string[] => {
    let run: string[] = [];
    // Answers before it returns: the session is this thread's own.
    session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      if (error) throw error;
      run = result.filter(({ url }) => url.startsWith('file:')).flatMap(blocksOf);
    });
    return run.filter((block) => !known.has(block));
  };

  return {
    size: () => known.size,
    news: () => take().length,
    learn: () => {
      const before = known.size;
      for (const block of take()) known.add(block);
      return known.size - before;
    },
  };
}

function blocksOf({ scriptId, functions }: Profiler.ScriptCoverage): string[] {
  return functions.flatMap(({ ranges }) =>
    ranges
      .filter(({ count }) => count > 0)
      .map(({ startOffset, endOffset }) => `${scriptId}:${startOffset}-${endOffset}`),
  );
}
