/** Something wrong with what was written, and where: a path such as `/limits/maxDuration`. */
export interface ConfigIssue {
  readonly path: string;
  readonly message: string;
}
