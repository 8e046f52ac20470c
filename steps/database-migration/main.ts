import { runStage } from '../../effects/stage/run-stage.ts';
import { version } from '../../package.json';
import { commandOf } from './commands.ts';
import { stage } from './stage.ts';

// With a command it is the engine alone, without a cluster; else the stage of a release.
const command = commandOf(process.argv.slice(2), version);
if (command) {
  void command().then((exitCode) => {
    process.exitCode = exitCode;
  });
} else void runStage(stage);
