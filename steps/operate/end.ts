/** How a command ends: what became of an order, or why none was given. */
import type { CommandResponse } from '../../core/journal/commands/command.ts';
import { responseLine } from '../../core/report/status-line.ts';
import type { StageEnd } from '../../effects/stage/run-stage.ts';

export function refusedBecause(why: string): StageEnd {
  return { exitCode: 1, results: { answer: `refused: ${why}` }, summary: `refused="${why}"` };
}

export function endOf(answer: CommandResponse): StageEnd {
  return {
    exitCode: answer.taken === 'heeded' ? 0 : 1,
    results: { answer: `${answer.taken}: ${answer.text}` },
    summary: responseLine(answer),
  };
}
