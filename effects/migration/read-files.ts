/** The files of a folder of migrations, with their checksums; and how a `backfill.yaml` is read. */
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { foreignText } from '../../core/base/foreign-text.ts';
import { BACKFILL_SCHEMA, backfillOf } from '../../core/migration/files/backfill-file.ts';
import { readFileName } from '../../core/migration/files/file-name.ts';
import { MOST_FILE_BYTES } from '../../core/migration/files/file-text.ts';
import {
  type Migration,
  type ReadBackfill,
  readMigrations,
} from '../../core/migration/files/migrations.ts';
import type { WrittenFile } from '../../core/migration/files/script.ts';
import type { SqlParser } from '../../core/migration/lint/parser.ts';
import { readDocument } from '../base/document.ts';
import { BadInput } from '../base/failure.ts';
import { FileRefused, readFileWithin } from '../base/workspace-file.ts';
import { compileCheck } from '../config/check.ts';

/** A folder with more is not one of migrations. */
const MOST_FILES = 5_000;

/** @throws {BadInput} with everything that is wrong with any file. */
export async function loadMigrations(
  folder: string,
  parser: SqlParser,
): Promise<readonly Migration[]> {
  const { files, refused } = await readFiles(folder);
  const read = readMigrations(files, { parser, readBackfill: backfillReader(parser) });
  // That a file is missing which could not be read is no news.
  const others = read.faults.filter((fault) => !refused.some(({ file }) => fault.includes(file)));
  const faults = [
    ...refused.map(({ file, why }) => `${foreignText(file, 100)}: ${why}`),
    ...others,
  ].map((fault) => `migrations: ${fault}`);
  if (faults.length > 0) throw new BadInput(faults);
  if (read.migrations.length === 0) {
    throw new BadInput(['migrations: the folder has no migration in it (0001_slug.expand.up.sql)']);
  }
  return read.migrations;
}

interface Files {
  readonly files: readonly WrittenFile[];
  readonly refused: readonly { readonly file: string; readonly why: string }[];
}

async function readFiles(folder: string): Promise<Files> {
  const names = await readdir(folder).catch(() => {
    throw new BadInput(['migrations: their folder is not there, or may not be read']);
  });
  if (names.length > MOST_FILES) {
    throw new BadInput([`migrations: the folder has more than ${MOST_FILES} files`]);
  }
  const files: WrittenFile[] = [];
  const refused: { file: string; why: string }[] = [];
  for (const file of names.sort()) {
    if (readFileName(file).kind === 'other') continue;
    try {
      const text = await readFileWithin(folder, file, MOST_FILE_BYTES);
      files.push({ file, text, checksum: createHash('sha256').update(text).digest('hex') });
    } catch (thrown) {
      if (!(thrown instanceof FileRefused)) throw thrown;
      refused.push({ file, why: thrown.message });
    }
  }
  return { files, refused };
}

export function backfillReader(parser: SqlParser): ReadBackfill {
  const check = compileCheck(BACKFILL_SCHEMA);
  return (text) => {
    const { value, faults } = readDocument(text);
    if (faults.length > 0) return faults;
    const issues = check(value);
    return issues.length > 0 ? issues : backfillOf(value, parser);
  };
}
