/** The order that a Pipeline's tasks have between them: what runs after what, and why that must end. */
import type { PipelineTask } from '../model/pipeline.ts';
import { resultReferencesIn } from './results/result-references.ts';

export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** For each task the tasks it waits for: those of its runAfter, and those whose results it uses. */
export function graphOf(tasks: readonly PipelineTask[]): Graph {
  return new Map(
    tasks.map((task) => {
      const producers = resultReferencesIn(task)
        .filter(({ section }) => section === 'tasks')
        .map((reference) => reference.task);
      return [task.name, new Set([...(task.runAfter ?? []), ...producers])];
    }),
  );
}

/** Why the graph cannot be run; undefined when it can. */
export function graphFault(graph: Graph): string | undefined {
  for (const [name, before] of graph) {
    const unknown = [...before].find((other) => !graph.has(other));
    if (unknown !== undefined) {
      return `task ${name} depends on ${unknown} but ${unknown} wasn't present in Pipeline`;
    }
  }
  const cycle = cycleIn(graph);
  return cycle && `cycle detected: ${cycle.join(' -> ')}`;
}

function cycleIn(graph: Graph): string[] | undefined {
  const finished = new Set<string>();
  const search = (name: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (finished.has(name)) return undefined;
    for (const before of graph.get(name) ?? []) {
      const cycle = search(before, [...path, name]);
      if (cycle) return cycle;
    }
    finished.add(name);
    return undefined;
  };
  for (const name of graph.keys()) {
    const cycle = search(name, []);
    if (cycle) return cycle;
  }
  return undefined;
}
