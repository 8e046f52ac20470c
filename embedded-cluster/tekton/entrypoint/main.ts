/**
 * The program that every step of a Task is started through, as in Tekton: it keeps the steps in
 * order, passes signals on, ends what takes too long, and hands results to the controller.
 */
import { parseOptions } from './options.ts';
import { runStep } from './step.ts';

process.exit(await runStep(parseOptions(process.argv.slice(2))));
