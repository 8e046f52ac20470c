/** A forecast for the person who asked what a release would do. */
import { formatDuration } from '../base/duration.ts';
import { shortImage } from '../base/image.ts';
import type { Forecast, ForecastStep } from '../forecast/forecast.ts';
import type { PodTemplate } from '../kubernetes/objects.ts';
import type { Plan } from '../plan/plan.ts';
import { requestText } from '../preflight/capacity/capacity.ts';
import type { LogEvent } from './log/log-events.ts';

/** `template`: what one of the extra pods is made from. */
export function forecastEvents(
  plan: Plan,
  template: PodTemplate,
  forecast: Forecast,
): Forecasting[] {
  const { steps, mostPods, podsBefore, durationMs, startMs, outcome, cause } = forecast;
  const { strategy, namespace, service, previousImage, image } = plan;
  return [
    {
      event: 'forecast',
      plan: 'begin',
      strategy,
      target: `${namespace}/${service}`,
      from: shortImage(previousImage),
      to: shortImage(image.reference),
    },
    ...steps.map(stepEvent),
    {
      event: 'forecast',
      plan: 'capacity',
      'extra-pods': Math.max(0, mostPods - podsBefore),
      most: mostPods,
      now: podsBefore,
      each: requestText(template),
    },
    {
      event: 'forecast',
      plan: 'end',
      'expected-outcome': outcome ?? 'not-foreseen',
      'expected-duration': formatDuration(durationMs),
      reason: cause,
      assuming: `pods are ready after ${formatDuration(startMs)}, requests flow, nothing goes wrong, conclude follows at once`,
    },
  ];
}

type Forecasting = Extract<LogEvent, { event: 'forecast' }>;

function stepEvent(step: ForecastStep, index: number): Forecasting {
  const head = {
    event: 'forecast',
    plan: 'step',
    number: index + 1,
    after: formatDuration(step.afterMs),
  } as const;
  switch (step.kind) {
    case 'phase':
      return { ...head, phase: step.phase };
    case 'action':
      return { ...head, action: step.text };
  }
}
