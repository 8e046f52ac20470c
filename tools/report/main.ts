/** npm run report -- <journal.json> [--out <file.html>]: the record of the last release as one page. */
import { writeFile } from 'node:fs/promises';
import { recordOf } from '../../core/journal/journal.ts';
import { recordPage } from '../../core/report/page.ts';
import { runTool } from '../tool.ts';

runTool(
  'npm run report -- <journal.json> [--out <file.html>]',
  (argv) =>
    argv.option('out', {
      type: 'string',
      default: 'release-report.html',
      describe: 'Where to write it',
    }),
  async (current, { out }, journal) => {
    await writeFile(out, recordPage(current, recordOf(journal, current.plan.release)));
    process.stdout.write(`report=${out} release=${current.plan.release}\n`);
  },
);
