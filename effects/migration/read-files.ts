/** The files of a folder of migrations, with their checksums; and how a `backfill.yaml` is read. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { foreignText } from '../../core/base/foreign-text.ts';
import {
  BACKFILL_SCHEMA,
  type BackfillFault,
  backfillOf,
} from '../../core/migration/files/backfill-file.ts';
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
import { compileCheck } from '../config/check.ts';
import { findFiles, readFiles } from './find-files.ts';

/** All but READMEs and hidden files: what is no migration is a fault, and so is a folder in the folder. */
const WANTED = { isWanted: (name: string) => readFileName(name).kind !== 'other', depth: 0 };

/** @throws {BadInput} with everything that is wrong with any file. */
export async function loadMigrations(
  folder: string,
  parser: SqlParser,
): Promise<readonly Migration[]> {
  const { files, faults: refused } = await readFiles(
    await findFiles([folder], WANTED),
    MOST_FILE_BYTES,
  );
  const unread = refused.map(({ path, why }) =>
    path === folder ? `their folder ${why}` : `${foreignText(basename(path), 100)}: ${why}`,
  );
  const read = readMigrations(files.map(writtenFile), {
    parser,
    readBackfill: backfillReader(parser),
  });
  // That a file is missing which could not be read is no news.
  const others = read.faults.filter((fault) =>
    refused.every(({ path }) => !fault.includes(basename(path))),
  );
  const faults = [...unread, ...others].map((fault) => `migrations: ${fault}`);
  if (faults.length > 0) throw new BadInput(faults);
  if (read.migrations.length === 0) {
    throw new BadInput(['migrations: the folder has no migration in it (0001_slug.expand.up.sql)']);
  }
  return read.migrations;
}

/** The last migration in the folder: what the image that brings them knows. Empty where there is none. */
export async function lastMigrationIn(folder: string): Promise<string> {
  const { paths } = await findFiles([folder], WANTED);
  const ids = paths.flatMap((path) => {
    const read = readFileName(basename(path));
    return read.kind === 'migration' ? [read.name.id] : [];
  });
  return ids.sort().at(-1) ?? '';
}

function writtenFile({ path, text }: { path: string; text: string }): WrittenFile {
  const checksum = createHash('sha256').update(text).digest('hex');
  return { file: basename(path), text, checksum };
}

export function backfillReader(parser: SqlParser): ReadBackfill {
  const check = compileCheck(BACKFILL_SCHEMA);
  return (text) => {
    const { value, faults, lineOf } = readDocument(text);
    if (faults.length > 0) return { kind: 'faults', faults: faults.map(documentFault) };
    const issues = check(value);
    const read = issues.length > 0 ? issues : backfillOf(value, parser);
    if ('table' in read) return { kind: 'backfill', backfill: read, lineOf };
    return {
      kind: 'faults',
      faults: read.map(({ path, message }) => ({
        line: lineOf(path),
        text: `${foreignText(path, 100)}: ${message}`,
      })),
    };
  };
}

/** Of what is no YAML the message says the line itself, and there is no path. */
function documentFault({ message }: { readonly message: string }): BackfillFault {
  const [, line = '1', text = message] = /^line (\d+): (.*)$/.exec(message) ?? [];
  return { line: Number(line), text };
}
