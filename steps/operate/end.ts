/** How a command ends: what became of an order, or why none was given. */
import type { Answer } from '../../core/journal/commands/command.ts';
import { answerLine } from '../../core/report/status-line.ts';
import type { StepEnd } from '../../effects/stage/run-stage.ts';

export function refusedBecause(why: string): StepEnd {
  return { exitCode: 1, results: { answer: `refused: ${why}` }, summary: `refused="${why}"` };
}

export function endOf(answer: Answer): StepEnd {
  return {
    exitCode: answer.taken === 'heeded' ? 0 : 1,
    results: { answer: `${answer.taken}: ${answer.text}` },
    summary: answerLine(answer),
  };
}
