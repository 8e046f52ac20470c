/** How a command ends: what became of it, or why it was not sent. */
import type { CommandResponse } from '../../core/journal/commands/command.ts';
import { responseLine, responseWord } from '../../core/report/status-line.ts';
import type { StageEnd } from '../../effects/stage/run-stage.ts';

export function refusedBecause(why: string): StageEnd {
  return { exitCode: 1, results: { answer: `refused: ${why}` }, summary: `refused="${why}"` };
}

export function endOf(answer: CommandResponse): StageEnd {
  return {
    exitCode: answer.taken === 'refused' ? 1 : 0,
    results: { answer: `${responseWord(answer.taken)}: ${answer.text}` },
    summary: responseLine(answer),
  };
}
