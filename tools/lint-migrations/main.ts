#!/usr/bin/env node
/** npx lint-migrations <file or folder>...: what SQL files lock, and what they break; without a database. */
import { runLint } from '../../effects/migration/lint/lint-command.ts';
import { version } from '../../package.json';

process.exitCode = await runLint(
  process.argv.slice(2),
  {
    out: (text) => process.stdout.write(text),
    error: (text) => process.stderr.write(text),
  },
  version,
);
