/** What the runner tells the entrypoint about its step: Go-style options, then the program. */
import { parseDuration } from '../../base/duration.ts';

export interface EntrypointOptions {
  /** Written by the step before this one when it is done; with `.err` when it has failed. */
  readonly waitFile: string | undefined;
  readonly postFile: string;
  readonly terminationPath: string;
  readonly metadataFolder: string;
  readonly resultsFolder: string;
  readonly results: readonly string[];
  readonly timeoutMs: number | undefined;
  readonly onError: 'stopAndFail' | 'continue';
  readonly program: string;
  readonly args: readonly string[];
}

export function parseOptions(argv: readonly string[]): EntrypointOptions {
  const end = argv.indexOf('--');
  const flags = argv.slice(0, end === -1 ? argv.length : end);
  const values = new Map<string, string>();
  for (let index = 0; index < flags.length; index += 2) {
    values.set(flags[index] ?? '', flags[index + 1] ?? '');
  }
  const required = (flag: string): string => {
    const value = values.get(flag);
    if (!value) throw new Error(`entrypoint: ${flag} is missing`);
    return value;
  };
  return {
    waitFile: values.get('-wait_file'),
    postFile: required('-post_file'),
    terminationPath: required('-termination_path'),
    metadataFolder: required('-step_metadata_dir'),
    resultsFolder: values.get('-results_dir') ?? '',
    results: values.get('-results')?.split(',') ?? [],
    timeoutMs: parseDuration(values.get('-timeout') ?? ''),
    onError: values.get('-on_error') === 'continue' ? 'continue' : 'stopAndFail',
    program: required('-entrypoint'),
    args: end === -1 ? [] : argv.slice(end + 1),
  };
}
