/** `lint`: SQL files in, findings out. It needs no database, but may ask one; it changes nothing. */
import yargs from 'yargs';
import type { FileReport, Mode } from '../../../core/migration/lint/finding.ts';
import { isRefused } from '../../../core/migration/lint/finding.ts';
import { BACKFILL, lintFiles, type NamedText } from '../../../core/migration/lint/folder.ts';
import { MOST_CHARACTERS } from '../../../core/migration/lint/lint.ts';
import { jsonReport } from '../../../core/migration/lint/report/json.ts';
import { sarifReport } from '../../../core/migration/lint/report/sarif.ts';
import { textReport } from '../../../core/migration/lint/report/text.ts';
import { Schema } from '../../../core/migration/lint/schema/schema.ts';
import { lintedBackfill } from '../../../core/migration/linted.ts';
import { BadInput } from '../../base/failure.ts';
import { readCredentials } from '../credentials.ts';
import { findFiles, readFiles } from '../find-files.ts';
import { loadSqlParser } from '../parse-sql.ts';
import { DatabaseTrouble, openSession } from '../postgres/session.ts';
import { backfillReader } from '../read-files.ts';
import { readLiveSchema } from './live-schema.ts';

/** Where it is written: the process itself, or a test. */
export interface Output {
  out(text: string): void;
  error(text: string): void;
}

/** 0: nothing is refused; 2: bad input, each fault on a line; 10: something is refused; 75: no database answers. */
export type LintExitCode = 0 | 2 | 10 | 75;

const FORMATS = ['text', 'json', 'sarif'] as const;

/** `args`: what stands behind the command. `version`: of the program, for SARIF. */
export async function runLint(
  args: readonly string[],
  output: Output,
  version: string,
): Promise<LintExitCode> {
  try {
    return await lint(args, output, version);
  } catch (thrown) {
    const isAway = thrown instanceof DatabaseTrouble;
    if (!(thrown instanceof BadInput) && !isAway) throw thrown;
    for (const fault of isAway ? [thrown.message] : thrown.faults) output.error(`${fault}\n`);
    return isAway && thrown.trouble === 'away' ? 75 : 2;
  }
}

async function lint(
  args: readonly string[],
  output: Output,
  version: string,
): Promise<LintExitCode> {
  const asked = optionsOf(args);
  if (asked === undefined) return 0;
  const files = await filesAt(asked.paths);
  const reports = await reportsOn(files, asked);
  output.out(reportOf(reports, asked, version));
  return isRefused(reports, asked.mode) ? 10 : 0;
}

/** SQL of any tool, and what this project's runner fills rows by. */
const WANTED = {
  isWanted: (name: string) => name.endsWith('.sql') || BACKFILL.test(name),
  depth: 6,
};
/** Of UTF-8: the linter says itself what is too long. */
const MOST_BYTES = MOST_CHARACTERS * 2;

/** @throws {BadInput} with every path that cannot be read, and why; where there is no file at all. */
async function filesAt(paths: readonly string[]): Promise<readonly NamedText[]> {
  const { files, faults } = await readFiles(await findFiles(paths, WANTED), MOST_BYTES);
  if (faults.length > 0) throw new BadInput(faults.map(({ path, why }) => `${path}: ${why}`));
  if (files.length === 0) throw new BadInput(['there is no SQL file (*.sql)']);
  return files.map(({ path, text }) => ({ name: path, text }));
}

async function reportsOn(
  texts: readonly NamedText[],
  asked: Asked,
): Promise<readonly FileReport[]> {
  const parser = await loadSqlParser();
  const readBackfill = backfillReader(parser);
  const files = texts.map((each) =>
    BACKFILL.test(each.name)
      ? { ...each, backfill: lintedBackfill(readBackfill(each.text)) }
      : each,
  );
  if (asked.credentialsDir === '') return lintFiles(parser, new Schema(), files, asked);
  const session = await openSession(
    await readCredentials(asked.credentialsDir),
    'zero-downtime lint',
  );
  try {
    const schema = await readLiveSchema(session, parser);
    return lintFiles(parser, schema, files, { ...asked, isLive: true });
  } finally {
    await session.close();
  }
}

type Asked = NonNullable<ReturnType<typeof optionsOf>>;

function reportOf(reports: readonly FileReport[], asked: Asked, version: string): string {
  switch (asked.format) {
    case 'text':
      return textReport(reports, asked);
    case 'json':
      return jsonReport(reports, asked.mode);
    case 'sarif':
      return sarifReport(reports, version);
  }
}

/** Undefined: only the help was asked for. @throws {BadInput} */
function optionsOf(args: readonly string[]) {
  const parser = yargs([...args])
    .scriptName('lint')
    .usage(
      '$0 <file or folder>...\n\nSays what SQL files lock, and what they break while two versions run.',
    )
    .options(OPTIONS)
    .strictOptions()
    .version(false)
    .exitProcess(false)
    .fail((message, thrown) => {
      throw new BadInput([message || String(thrown)]);
    });
  const given = parser.parseSync();
  if (given.help === true) return undefined;
  const paths = given._.map(String);
  if (paths.length === 0) throw new BadInput(['name a file or a folder with SQL files']);
  const mode: Mode = given.strict ? 'strict' : 'standard';
  return {
    paths,
    mode,
    format: given.format,
    withLocks: given.locks,
    withAllowed: given.allowed,
    since: given.since,
    credentialsDir: given['credentials-dir'],
    other: {
      phase: given.phase,
      transactions: given.transactions,
      hasLockTimeout: given['lock-timeout'],
    },
  };
}

const OPTIONS = {
  format: { choices: FORMATS, default: 'text', describe: 'How the findings are written' },
  strict: { type: 'boolean', default: false, describe: 'Warnings refuse a file, too' },
  locks: { type: 'boolean', default: false, describe: 'Also what each statement locks' },
  allowed: { type: 'boolean', default: false, describe: 'Also what a comment has allowed' },
  since: {
    type: 'string',
    default: '',
    describe: 'A number: files before it are only read to know the schema',
  },
  'credentials-dir': {
    type: 'string',
    default: '',
    describe:
      'A folder with the files url, or host, username, password: the schema is asked there, and files before --since are not read',
  },
  phase: {
    choices: ['other', 'expand', 'contract'],
    default: 'other',
    describe: 'Of files of another tool: contract, where no pod of the old version is left',
  },
  transactions: {
    choices: ['file', 'statement'],
    default: 'file',
    describe: 'Of files of another tool: what it runs in one transaction',
  },
  'lock-timeout': {
    type: 'boolean',
    default: false,
    describe: 'Of files of another tool: it sets a lock_timeout',
  },
} as const;
