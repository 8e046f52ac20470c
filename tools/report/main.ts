/** npm run report -- <journal.json> [--out <file.html>]: the record of the last release as one page. */
import { writeFile } from 'node:fs/promises';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { recordPage } from '../../core/report/page.ts';
import { BadInput } from '../../effects/failure.ts';
import { readRecorded } from '../../effects/recorded.ts';

async function main(): Promise<void> {
  const options = yargs(hideBin(process.argv))
    .usage('npm run report -- <journal.json> [--out <file.html>]')
    .option('out', {
      type: 'string',
      default: 'release-report.html',
      describe: 'Where to write it',
    })
    .demandCommand(1, 1)
    .strict()
    .version(false)
    .parseSync();
  const { current } = await readRecorded(String(options._[0]));
  if (!current) throw new BadInput(['the journal has no release yet']);
  await writeFile(options.out, recordPage(current));
  process.stdout.write(`report=${options.out} release=${current.plan.release}\n`);
}

main().catch((thrown: unknown) => {
  const bad = thrown instanceof BadInput;
  const text = bad ? thrown.faults.map((fault) => `error="${fault}"`).join('\n') : String(thrown);
  process.stderr.write(`${text}\n`);
  process.exitCode = bad ? 2 : 3;
});
