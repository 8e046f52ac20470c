/** A forecast for the person who asked what a release would do. */
import { formatDuration } from '../base/duration.ts';
import { shortImage } from '../base/image.ts';
import type { Forecast, ForecastStep } from '../forecast/forecast.ts';
import type { PodTemplate } from '../kubernetes/objects.ts';
import type { Plan } from '../plan/plan.ts';
import { requestText } from '../preflight/capacity/capacity.ts';

/** `template`: what one of the extra pods is made from. */
export function forecastLines(plan: Plan, template: PodTemplate, forecast: Forecast): string[] {
  const { steps, mostPods, podsBefore, durationMs, startMs, outcome, cause } = forecast;
  const { strategy, namespace, service, previousImage, image } = plan;
  const extra = Math.max(0, mostPods - podsBefore);
  const end = outcome ?? 'not-foreseen';
  const reason = cause === undefined ? '' : ` reason="${cause}"`;
  return [
    `plan=begin strategy=${strategy} target=${namespace}/${service} from=${shortImage(previousImage)} to=${shortImage(image.reference)}`,
    ...steps.map(stepLine),
    `plan=capacity extra-pods=${extra} most=${mostPods} now=${podsBefore} each="${requestText(template)}"`,
    `plan=end expected-outcome=${end} expected-duration=${formatDuration(durationMs)}${reason} assuming="pods are ready after ${formatDuration(startMs)}, requests flow, nothing goes wrong, conclude follows at once"`,
  ];
}

function stepLine(step: ForecastStep, index: number): string {
  const head = `plan=step number=${index + 1} after=${formatDuration(step.afterMs)}`;
  switch (step.kind) {
    case 'phase':
      return `${head} phase=${step.phase}`;
    case 'action':
      return `${head} action="${step.text}"`;
  }
}
