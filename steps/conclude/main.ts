import { runStep } from '../../effects/step.ts';
import { step } from './step.ts';

void runStep(step);
