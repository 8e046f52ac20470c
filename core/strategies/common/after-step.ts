/** When a step's time is over: on to the next one, back, or a while longer. */
import { formatDuration } from '../../base/duration.ts';
import { because, type Cause } from '../../base/vocabulary.ts';
import { UNEXPLAINED_MS } from '../../config/sections/analysis.ts';
import type { Plan } from '../../plan/plan.ts';
import type { ReleaseState } from '../../state/state.ts';
import type { Analysed } from './analyse-candidate.ts';

/** Once a step's time is over, by how much: may the release go on, wait, or must it turn back? */
export function afterStep(
  plan: Plan,
  {
    verdict,
    judged: why,
    undecided,
    unexplained,
  }: Pick<Analysed<ReleaseState>, 'verdict' | 'judged' | 'undecided' | 'unexplained'>,
  overMs: number,
): AfterStep {
  const { insufficientData } = plan.settings.analysis;
  const { holdMs, afterwards, unexplainedMs = UNEXPLAINED_MS } = insufficientData;
  // For no longer than the trigger's duration: then it has fired, or was seen calm. Traffic does not
  // grow meanwhile, whatever the config says of too little data.
  if (undecided !== undefined && verdict !== 'bad') return { kind: 'wait', why: undecided };
  switch (verdict) {
    case 'good':
      return { kind: 'go-on' };
    case 'bad':
      return { kind: 'turn', cause: because('judged-worse', why) };
    case 'unmeasurable':
      return { kind: 'wait', why };
    case 'not-enough-data':
      if (unexplained !== undefined) {
        const leftMs = Math.max(holdMs, unexplainedMs) - overMs;
        const told = `errors that the stable's rate does not explain: ${unexplained}`;
        if (leftMs <= 0) return { kind: 'turn', cause: because('unexplained-errors', told) };
        return { kind: 'wait', why: `more requests, for ${formatDuration(leftMs)} more: ${told}` };
      }
      if (overMs < holdMs) {
        const left = formatDuration(holdMs - overMs);
        return { kind: 'wait', why: `more requests, for ${left} more: ${why}` };
      }
      return afterwards === 'promote'
        ? { kind: 'go-on' }
        : {
            kind: 'turn',
            cause: because('too-few-requests', `not enough requests to judge by: ${why}`),
          };
  }
}

export type AfterStep =
  | { readonly kind: 'go-on' }
  | { readonly kind: 'wait'; readonly why: string }
  | { readonly kind: 'turn'; readonly cause: Cause };
