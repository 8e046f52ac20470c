/**
 * A bounded load on one URL, from a process of its own so that nothing else slows it: prints what
 * its clients have seen so far as a line of JSON twice a second, and once more at the end.
 */
import { setMaxListeners } from 'node:events';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { runClient } from './client.ts';
import { counted, EMPTY_TALLY } from './tally.ts';

const options = yargs(hideBin(process.argv))
  .options({
    url: { type: 'string', demandOption: true, describe: 'What to ask for' },
    host: { type: 'string', describe: 'The host that is asked for, if not the one of the URL' },
    kept: { type: 'number', default: 6, describe: 'Clients with a kept-alive connection' },
    fresh: { type: 'number', default: 6, describe: 'Clients with a fresh connection each time' },
    every: { type: 'number', default: 100, describe: 'Milliseconds from request to request' },
    'max-seconds': { type: 'number', default: 120, describe: 'Ends by itself after so long' },
    'max-requests': { type: 'number', default: 50_000, describe: 'Ends after so many requests' },
  })
  .strict()
  .parseSync();

const REPORT_MS = 500;
const stop = new AbortController();
// Every client listens.
setMaxListeners(options.kept + options.fresh, stop.signal);
let tally = EMPTY_TALLY;

const report = (): void => {
  process.stdout.write(`${JSON.stringify(tally)}\n`);
};
const reporting = setInterval(report, REPORT_MS);
const limit = setTimeout(() => stop.abort(), options.maxSeconds * 1000);
process.on('SIGTERM', () => stop.abort());
// Whoever started it is gone when its end of the pipe is.
process.stdin.on('end', () => stop.abort()).resume();

const client = (connection: 'kept-alive' | 'fresh') =>
  runClient(
    { url: options.url, host: options.host, connection, everyMs: options.every },
    (seen) => {
      tally = counted(tally, seen, Date.now());
      if (tally.requests >= options.maxRequests) stop.abort();
    },
    stop.signal,
  );

await Promise.all([
  ...Array.from({ length: options.kept }, () => client('kept-alive')),
  ...Array.from({ length: options.fresh }, () => client('fresh')),
]);
clearInterval(reporting);
clearTimeout(limit);
process.stdin.destroy();
report();
