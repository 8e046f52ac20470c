/** Where things are in the pod of a TaskRun. */

export const RESULTS_FOLDER = '/tekton/results';
export const BIN_FOLDER = '/tekton/bin';
export const STEPS_FOLDER = '/tekton/steps';
export const TERMINATION_FILE = '/tekton/termination';

export function resultPath(result: string): string {
  return `${RESULTS_FOLDER}/${result}`;
}

/** Where a step says how it ended: `out` or `out.err`, and `exitCode`. */
export function stepFolder(container: string): string {
  return `${STEPS_FOLDER}/${container}`;
}
