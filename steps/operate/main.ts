import { runStep } from '../../effects/stage/run-stage.ts';
import { step } from './step.ts';

void runStep(step);
