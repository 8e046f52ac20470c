/**
 * npm run audit -- <journals.json> --log <audit.jsonl>: adds the releases of all services that are not yet in the
 * log. npm run audit -- --verify --log <audit.jsonl> [--head <hash>]: whether it is as it was written.
 */
import { createHash } from 'node:crypto';
import { appendFile, readFile } from 'node:fs/promises';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { type Audited, auditLines, readAudit } from '../../core/report/audit/chain.ts';
import { isKnown } from '../../core/report/audit/entry.ts';
import { BadInput, messageOf } from '../../effects/base/failure.ts';
import { askOverNetwork } from '../../effects/http/http.ts';
import { entriesIn } from './journals.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const PUT_MS = 30_000;

const options = yargs(hideBin(process.argv))
  .usage('npm run audit -- <journals.json> --log <audit.jsonl>, or --verify --log <audit.jsonl>')
  .option('log', { type: 'string', demandOption: true, describe: 'The audit log' })
  .option('verify', {
    type: 'boolean',
    default: false,
    describe: 'Only look whether it was changed',
  })
  .option('head', {
    type: 'string',
    describe: 'The hash of its last line, as it was kept elsewhere',
  })
  .option('put', { type: 'string', describe: 'A file with the URL where the whole log is put' })
  .demandCommand(0, 1)
  .strict()
  .version(false)
  .parseSync();

async function main(): Promise<void> {
  const before = await readFile(options.log, 'utf8').catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT' && !options.verify) return '';
    throw new BadInput([`cannot read ${options.log}: ${messageOf(thrown)}`]);
  });
  const audited = readAudit(before, sha256, options.head);
  for (const fault of audited.faults) say(process.stderr, `fault="${options.log}: ${fault}"`);
  if (audited.faults.length > 0) {
    process.exitCode = 1;
    return;
  }
  if (options.verify) return end('unchanged', audited.head);
  const path = options._[0];
  if (path === undefined)
    throw new BadInput(['name the journals: kubectl get configmaps … -o json']);
  const found = await entriesIn(String(path));
  const added = found.filter((entry) => !isKnown(audited.entries, entry));
  const { text, head } = auditLines(added, audited.head, sha256);
  await appendFile(options.log, text);
  if (options.put !== undefined) await put(options.put, before + text);
  return end(`${added.length} added`, head);
}

/** The URL may be a secret, such as one that was signed: it is in a file, and told nowhere. */
async function put(file: string, body: string): Promise<void> {
  const url = (await readFile(file, 'utf8').catch((thrown) => Promise.reject(bad(thrown)))).trim();
  const headers = { 'content-type': 'application/jsonl' };
  const answer = await askOverNetwork({ method: 'PUT', url, headers, body, timeoutMs: PUT_MS });
  if (answer.kind === 'answered' && answer.status < 300) return;
  const why = answer.kind === 'answered' ? `answered ${answer.status}` : 'did not answer';
  throw new Error(`the log is in ${options.log}, but could not be put: the URL in ${file} ${why}`);
}

function bad(thrown: unknown): BadInput {
  return new BadInput([`cannot read the file that --put names: ${messageOf(thrown)}`]);
}

function end(what: string, { lines, hash }: Audited['head']): void {
  say(process.stdout, `audit="${what}" lines=${lines} head=${hash}`);
}

function say(to: NodeJS.WriteStream, text: string): void {
  to.write(`${text}\n`);
}

main().catch((thrown: unknown) => {
  const isBad = thrown instanceof BadInput;
  const texts = isBad ? thrown.faults : [messageOf(thrown)];
  for (const text of texts) say(process.stderr, `error="${text}"`);
  process.exitCode = isBad ? 2 : 3;
});
