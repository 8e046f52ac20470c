/** Something wrong with what was written, and where: a path such as `/limits/maxDuration`. */
export interface ConfigFault {
  readonly path: string;
  readonly message: string;
}
