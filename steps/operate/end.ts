/** How a command ends: what became of it, or why it was not sent. */
import type { CommandResponse } from '../../core/journal/commands/command.ts';
import { responseFields } from '../../core/report/status-line.ts';
import type { StageEnd } from '../../effects/stage/run-stage.ts';

export function refusedBecause(reason: string): StageEnd {
  return {
    exitCode: 1,
    results: { answer: `refused: ${reason}` },
    summary: { event: 'stage-ended', stage: 'operate', outcome: 'refused', reason },
  };
}

export function endOf(response: CommandResponse): StageEnd {
  const fields = responseFields(response);
  return {
    exitCode: fields.outcome === 'accepted' ? 0 : 1,
    results: { answer: `${fields.outcome}: ${response.text}` },
    summary: { event: 'stage-ended', stage: 'operate', ...fields },
  };
}
