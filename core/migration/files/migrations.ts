/** The files of a folder put together to migrations, oldest first, and everything that is wrong with them. */
import { foreignText } from '../../base/foreign-text.ts';
import type { SqlParser } from '../lint/parser.ts';
import type { Backfill, BackfillRead } from './backfill-file.ts';
import { type FileKind, type FileName, readFileName } from './file-name.ts';
import { textFault } from './file-text.ts';
import { readScript, type Script, type WrittenFile } from './script.ts';

export interface BackfillFile extends WrittenFile {
  readonly backfill: Backfill;
  readonly read: BackfillRead;
}

export interface Reversible {
  readonly up: Script;
  readonly down: Script;
}

export interface Contract {
  readonly up: Script;
  /** Undefined: its shape cannot be brought back, and the file says so. */
  readonly down: Script | undefined;
}

export interface Migration {
  /** Four digits. */
  readonly id: string;
  readonly slug: string;
  readonly expand: Reversible | undefined;
  readonly backfill: BackfillFile | undefined;
  readonly validate: Script | undefined;
  readonly contract: Contract | undefined;
}

export interface MigrationsRead {
  readonly migrations: readonly Migration[];
  /** `file: what is wrong`. */
  readonly faults: readonly string[];
}

/** What reads a `backfill.yaml`: YAML is a package, and these rules are pure. */
export type ReadBackfill = (text: string) => BackfillRead;

interface Readers {
  readonly parser: SqlParser;
  readonly readBackfill: ReadBackfill;
}

type Named = WrittenFile & { readonly name: FileName };
type ByKind = ReadonlyMap<FileKind, Named>;

export function readMigrations(files: readonly WrittenFile[], readers: Readers): MigrationsRead {
  const faults: string[] = [];
  const named = files.flatMap((each): Named[] => {
    const read = readFileName(each.file);
    if (read.kind === 'other') return [];
    const fault = read.kind === 'fault' ? read.fault : textFault(each.text);
    if (fault !== undefined) faults.push(`${foreignText(each.file, 100)}: ${fault}`);
    return read.kind === 'migration' ? [{ ...each, name: read.name }] : [];
  });
  const ids = [...new Set(named.map(({ name }) => name.id))].sort();
  faults.push(...numberFaults(ids, named));
  const reader = new Reader(readers, faults);
  const migrations = ids.map((id) => reader.migration(named.filter(({ name }) => name.id === id)));
  return { migrations, faults };
}

/** Names of one number have to agree, and no number may be missing between two. */
function numberFaults(ids: readonly string[], named: readonly Named[]): string[] {
  const twice = ids.flatMap((id) => {
    const slugs = [
      ...new Set(named.filter(({ name }) => name.id === id).map(({ name }) => name.slug)),
    ];
    return slugs.length > 1
      ? [
          `${id}: the number is used twice, by ${slugs.join(' and ')}: give one of them a higher one`,
        ]
      : [];
  });
  const gaps = ids.flatMap((id, at) => {
    const before = ids[at - 1];
    if (before === undefined || Number(id) === Number(before) + 1) return [];
    return [`${id}: the number before it is missing: the last one is ${before}`];
  });
  return [...twice, ...gaps];
}

class Reader {
  private readonly readers: Readers;
  private readonly faults: string[];

  constructor(readers: Readers, faults: string[]) {
    this.readers = readers;
    this.faults = faults;
  }

  /** Of the files of one number, at least one. */
  migration(files: readonly Named[]): Migration {
    const byKind: ByKind = new Map(files.map((each) => [each.name.kind, each]));
    const { id, slug } = files[0]?.name ?? { id: '', slug: '' };
    const backfill = this.backfill(byKind.get('backfill.yaml'));
    const validate = this.script(byKind.get('validate.sql'), 'validate');
    const expand = this.expand(byKind);
    const contract = this.contract(byKind);
    // What stands there without its other half has been told.
    if (files.every(({ name }) => name.kind === 'validate.sql')) {
      this.faults.push(`${id}_${slug}: has a validate.sql, and nothing that it could be about`);
    }
    return { id, slug, expand, backfill, validate, contract };
  }

  private expand(files: ByKind): Reversible | undefined {
    const up = this.script(files.get('expand.up.sql'), 'change');
    const down = this.script(files.get('expand.down.sql'), 'change');
    if (up && !down) {
      this.faults.push(
        `${up.file}: has no ${up.file.replace('.up.', '.down.')}: the way back is written before the way there`,
      );
    }
    if (down && !up)
      this.faults.push(`${down.file}: has no ${down.file.replace('.down.', '.up.')}`);
    return up && down && { up, down };
  }

  private contract(files: ByKind): Contract | undefined {
    const up = this.script(files.get('contract.up.sql'), 'change');
    const down = this.script(files.get('contract.down.sql'), 'change');
    const isFinal = files.get('contract.irreversible');
    if (!up) {
      const alone = down ?? isFinal;
      if (alone) this.faults.push(`${alone.file}: has no contract.up.sql`);
      return undefined;
    }
    if (!down && !isFinal) {
      this.faults.push(
        `${up.file}: has neither a contract.down.sql nor a file contract.irreversible`,
      );
    }
    if (down && isFinal) {
      this.faults.push(`${isFinal.file}: contradicts ${down.file}: keep one of them`);
    }
    return { up, down };
  }

  private script(written: Named | undefined, purpose: 'change' | 'validate'): Script | undefined {
    if (!written) return undefined;
    const { file, text, checksum } = written;
    // What is wrong with the text as a whole has been told.
    if (textFault(text) !== undefined) return { file, text, checksum, statements: [] };
    const { script, faults } = readScript({ file, text, checksum }, this.readers.parser, purpose);
    this.faults.push(...faults.map((fault) => `${file}: ${fault}`));
    return script;
  }

  private backfill(written: Named | undefined): BackfillFile | undefined {
    if (!written || textFault(written.text) !== undefined) return undefined;
    const { file, text, checksum } = written;
    const read = this.readers.readBackfill(text);
    if (read.kind === 'backfill') return { file, text, checksum, backfill: read.backfill, read };
    this.faults.push(...read.faults.map(({ line, text: why }) => `${file}: line ${line}: ${why}`));
    return undefined;
  }
}
