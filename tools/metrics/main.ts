/**
 * npm run metrics -- <audit.jsonl> [--days 30] [--out <file.prom>] [--push <url-file>]: what an audit log says, as
 * metrics of Prometheus: on the terminal, as a file for node_exporter's textfile collector, or to a Pushgateway.
 */
import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { foreignText } from '../../core/base/foreign-text.ts';
import { instant } from '../../core/base/vocabulary.ts';
import { readAudit } from '../../core/report/audit/chain.ts';
import { DAY_MS } from '../../core/report/figures/dora.ts';
import { exposition } from '../../core/report/figures/exposition.ts';
import { familiesOf } from '../../core/report/figures/families.ts';
import { type Released, releasedIn } from '../../core/report/figures/released.ts';
import { wallClock } from '../../effects/base/clock.ts';
import { BadInput, messageOf } from '../../effects/base/failure.ts';
import { askOverNetwork } from '../../effects/http/http.ts';

const MOST_DAYS = 3_650;
const PUSH_MS = 10_000;

const options = yargs(hideBin(process.argv))
  .usage('npm run metrics -- <audit.jsonl>')
  .option('days', { type: 'number', default: 30, describe: 'What the figures of delivery are of' })
  .option('out', { type: 'string', describe: 'A file for the textfile collector' })
  .option('push', { type: 'string', describe: 'A file with the URL of a Pushgateway' })
  .demandCommand(1, 1)
  .strict()
  .version(false)
  .fail((message, thrown) => {
    throw thrown ?? new BadInput([message]);
  });

async function main(): Promise<void> {
  const { days, out, push, _: paths } = await options.parseAsync();
  const url = push === undefined ? undefined : await urlIn(push);
  if (!(days > 0 && days <= MOST_DAYS)) {
    throw new BadInput([`--days has to be more than 0 and at most ${MOST_DAYS}`]);
  }
  const released = await releasedOf(String(paths[0]));
  const to = wallClock.now();
  const text = exposition(familiesOf(released, { from: instant(to - days * DAY_MS), to }));
  if (out !== undefined) await replaceFile(out, text);
  if (url !== undefined) await pushTo(url, text);
  if (out === undefined && url === undefined) process.stdout.write(text);
}

/** A log that was changed is no ground for figures. */
async function releasedOf(path: string): Promise<readonly Released[]> {
  const log = await readFile(path, 'utf8').catch((thrown: unknown) => {
    throw new BadInput([`cannot read ${path}: ${messageOf(thrown)}`]);
  });
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  const { entries, faults } = readAudit(log, sha256);
  if (faults.length > 0) throw new BadInput(faults.map((fault) => `${path}: ${fault}`));
  const read = releasedIn(entries);
  if (read.faults.length > 0) throw new BadInput(read.faults.map((fault) => `${path}: ${fault}`));
  return read.released;
}

/** The URL may have a login in it: it is in a file, and told by its host alone. */
async function urlIn(file: string): Promise<URL> {
  const text = await readFile(file, 'utf8').catch((thrown: unknown) => {
    throw new BadInput([`cannot read the file that --push names: ${messageOf(thrown)}`]);
  });
  const url = text.trim();
  if (/^https?:\/\//.test(url) && URL.canParse(url)) return new URL(url);
  throw new BadInput([`${file} has no URL of a Pushgateway: http://… or https://…`]);
}

/** In one step: the collector never reads half of it. */
async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

/** Replaces what was pushed before, so that a service that is gone goes there as well. */
async function pushTo(url: URL, body: string): Promise<void> {
  const { origin, host, pathname, username, password } = url;
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization = { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
  const answer = await askOverNetwork({
    method: 'PUT',
    url: `${origin}${pathname.replace(/\/+$/, '')}/metrics/job/zero-downtime-deployment`,
    headers: {
      'content-type': 'text/plain; version=0.0.4',
      ...(username === '' ? {} : authorization),
    },
    body,
    timeoutMs: PUSH_MS,
  });
  if (answer.kind === 'failed') throw new Error(`could not push to ${answer.why}`);
  if (answer.status < 300) return;
  const says = foreignText(answer.body);
  throw new Error(`${host} did not take the metrics: it answered ${answer.status}: ${says}`);
}

main().catch((thrown: unknown) => {
  const isBad = thrown instanceof BadInput;
  const texts = isBad ? thrown.faults : [messageOf(thrown)];
  for (const text of texts) process.stderr.write(`error="${foreignText(text)}"\n`);
  process.exitCode = isBad ? 2 : 3;
});
