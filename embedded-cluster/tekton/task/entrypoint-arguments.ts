/** How a step is told to its entrypoint: the options that embedded-cluster/tekton/entrypoint reads. */
import { containerName, type Step, type TaskSpec } from '../model/task.ts';
import { RESULTS_FOLDER, stepFolder, TERMINATION_FILE } from './paths.ts';

/**
 * Every path is an argument of its own and a path of the container, so that whoever emulates mounts
 * finds it. What follows `--` goes to the program exactly as it is.
 */
export function entrypointArguments(
  spec: TaskSpec,
  steps: readonly Step[],
  index: number,
): readonly string[] {
  const step = steps[index];
  if (!step) return [];
  const folder = stepFolder(containerName(step, index));
  const previous = steps[index - 1];
  const results = spec.results?.map(({ name }) => name) ?? [];
  const [program = '', ...rest] = [...(step.command ?? []), ...(step.args ?? [])];
  return [
    ...(previous ? ['-wait_file', `${stepFolder(containerName(previous, index - 1))}/out`] : []),
    ...['-post_file', `${folder}/out`],
    ...['-termination_path', TERMINATION_FILE],
    ...['-step_metadata_dir', folder],
    ...(results.length > 0 ? ['-results_dir', RESULTS_FOLDER, '-results', results.join(',')] : []),
    ...(step.timeout ? ['-timeout', step.timeout] : []),
    ...(step.onError ? ['-on_error', step.onError] : []),
    ...['-entrypoint', program, '--', ...rest],
  ];
}
