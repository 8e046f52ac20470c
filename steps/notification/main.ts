import { runStage } from '../../effects/stage/run-stage.ts';
import { stage } from './stage.ts';

void runStage(stage);
