/** The Pipeline with all its Tasks in it, as Pipelines as Code hands it to Tekton. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseManifests } from '../../../embedded-cluster/cluster/manifests.ts';
import { ROOT } from './world.ts';

interface Manifest {
  readonly metadata: { readonly name: string; readonly labels: object };
  readonly spec: object;
}

interface PipelineTask {
  readonly taskRef: { readonly name: string };
}

interface PipelineSpec {
  readonly tasks: readonly PipelineTask[];
  readonly finally: readonly PipelineTask[];
}

/** A `pipelineSpec` that refers to nothing. */
export function inlinedPipeline(): object {
  const tasks = readdirSync(join(ROOT, 'tasks'))
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) => manifests(`tasks/${name}`));
  const inlined = ({ taskRef, ...rest }: PipelineTask): object => {
    const task = tasks.find(({ metadata }) => metadata.name === taskRef.name);
    if (!task) throw new Error(`no Task ${taskRef.name}`);
    const { labels } = task.metadata;
    return { ...rest, taskSpec: { metadata: { labels }, ...task.spec } };
  };
  const [pipeline] = manifests('pipelines/zero-downtime-deployment.yaml');
  const spec = pipeline?.spec as PipelineSpec; // ours
  return { ...spec, tasks: spec.tasks.map(inlined), finally: spec.finally.map(inlined) };
}

function manifests(path: string): Manifest[] {
  return parseManifests(readFileSync(join(ROOT, path), 'utf8')) as object[] as Manifest[]; // ours
}
