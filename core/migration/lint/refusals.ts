/** What the linter refuses of files that are about to be run; those before them only tell it what there is. */
import type { Problem } from '../engine.ts';
import { isRefusing, type Mode } from './finding.ts';
import { lintFiles, type NamedText } from './folder.ts';
import type { SqlParser } from './parser.ts';
import { Schema } from './schema/schema.ts';

/** Our files are known by their names; this is for those of other tools, of which there are none here. */
const OTHER = { phase: 'other', transactions: 'file', hasLockTimeout: false } as const;

export function refusalsIn(
  parser: SqlParser,
  files: readonly NamedText[],
  isMeant: (name: string) => boolean,
  mode: Mode,
): readonly Problem[] {
  return lintFiles(parser, new Schema(), files, { other: OTHER, since: '' })
    .filter(({ name }) => isMeant(name))
    .flatMap(({ name, findings }) =>
      findings
        .filter((finding) => isRefusing(finding, mode))
        .map(({ position, rule, seen, instead }) => ({
          message: `${name} line ${position.line}: ${rule}: ${seen}`,
          advice: instead,
        })),
    );
}
