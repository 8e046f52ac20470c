// The stages, as the folders say: each folder gets a program and an image.
import { existsSync, readdirSync } from 'node:fs';

/** Names of the folders that hold a program. */
export function programsIn(folder) {
  return readdirSync(folder).filter((name) => existsSync(`${folder}/${name}/main.ts`));
}

export const STAGES = programsIn('steps');
