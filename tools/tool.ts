/** The wrapper of every tool: the journal that is named first, and what to say where something is wrong. */
import yargs, { type Argv } from 'yargs';
import { hideBin } from 'yargs/helpers';
import type { Entry, Journal } from '../core/journal/journal.ts';
import { BadInput } from '../effects/base/failure.ts';
import { readJournalFile } from '../effects/ownership/journal/journal-file.ts';

/** `withOptions` adds the tool's own options to those of every tool. */
export function runTool<Options>(
  usage: string,
  withOptions: (argv: Argv) => Argv<Options>,
  run: (
    current: Entry,
    options: ReturnType<Argv<Options>['parseSync']>,
    journal: Journal,
  ) => Promise<void>,
): void {
  const work = async (): Promise<void> => {
    const argv = withOptions(yargs(hideBin(process.argv)).usage(usage));
    const options = argv.demandCommand(1, 1).strict().version(false).parseSync();
    const journal = await readJournalFile(String(options._[0]));
    if (!journal.current) throw new BadInput(['the journal has no release yet']);
    await run(journal.current, options, journal);
  };
  work().catch((thrown: unknown) => {
    const bad = thrown instanceof BadInput;
    const text = bad ? thrown.faults.map((fault) => `error="${fault}"`).join('\n') : String(thrown);
    process.stderr.write(`${text}\n`);
    process.exitCode = bad ? 2 : 3;
  });
}
