/** Something wrong with what was written, and where: a path such as `/limits/maxDuration`. */
export interface ConfigIssue {
  readonly path: string;
  readonly message: string;
}

/** Says which word might have been meant, such as `; did you mean error_rate?`, or nothing. */
export type Suggest = (word: string, known: readonly string[]) => string;
