/** Which code has been run, by V8's own counters: nothing has to be instrumented. */
import { type Profiler, Session } from 'node:inspector';

export interface Coverage {
  /** How many blocks many inputs have run that were not known: since it was last asked. */
  together(): number;
  /** The same of one input. */
  alone(): number;
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
  /** Of many inputs together, of which each alone may look otherwise. */
  const knownTogether = new Set<string>();

  /** What was run since the last time, and was not known: now it is. */
  const take = (seen: Set<string>): number => {
    let run: string[] = [];
    // Answers before it returns: the session is this thread's own.
    session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      if (error) throw error;
      run = result.filter(({ url }) => url.startsWith('file:')).flatMap(blocksOf);
    });
    const before = seen.size;
    for (const block of run) seen.add(block);
    return seen.size - before;
  };

  return {
    size: () => known.size,
    together: () => take(knownTogether),
    alone: () => take(known),
  };
}

/**
 * A block as it was run, or as it was left out: V8 tells a block that was run as often as what is around
 * it as a part of that, so what an input does not reach says as much of its way as what it reaches.
 */
function blocksOf({ scriptId, functions }: Profiler.ScriptCoverage): string[] {
  return functions
    .filter(({ ranges: [whole] }) => whole !== undefined && whole.count > 0)
    .flatMap(({ ranges }) =>
      ranges.map(({ startOffset, endOffset, count }) => {
        return `${scriptId}:${startOffset}-${endOffset}${count > 0 ? '' : '!'}`;
      }),
    );
}
