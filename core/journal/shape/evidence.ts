/** The shape of what a judge has gathered. A logarithm that was no number is null in JSON. */
import type { SequentialEvidence } from '../../judge/evidence.ts';
import type { Judgement } from '../../judge/judge.ts';
import type { MannWhitneyEvidence } from '../../judge/judges/mann-whitney.ts';
import type { ThresholdEvidence } from '../../judge/judges/thresholds.ts';
import type { Measurability } from '../../judge/measurability.ts';
import type { Evidence } from '../../judge/registry.ts';
import type { ArmSample, Counted, LatencyHistogram, MeasuredWindow } from '../../judge/sample.ts';
import {
  each,
  either,
  fields,
  maybe,
  number,
  oneOf,
  text,
  values,
  variants,
} from '../../plan/shape/json.ts';

const figure = either(oneOf([null]), number);
const figures = each(figure);

export const counted = fields<Counted>({
  requests: number,
  errors: number,
  clientErrors: maybe(number),
});
const histogram = fields<LatencyHistogram>({ upperBoundsMs: each(number), counts: each(number) });
const arm = fields<ArmSample>({
  requests: number,
  errors: number,
  clientErrors: maybe(number),
  latency: maybe(histogram),
  pods: maybe(values(counted)),
});
export const measuredWindow = fields<MeasuredWindow>({
  kind: oneOf(['measured']),
  at: number,
  forMs: number,
  candidateWeight: maybe(number),
  candidate: arm,
  stable: arm,
});

const sight = fields<Measurability>({
  blind: maybe(fields<NonNullable<Measurability['blind']>>({ since: number, why: text })),
  unreported: maybe(
    fields<NonNullable<Measurability['unreported']>>({ since: number, requests: number }),
  ),
});
const step = fields<SequentialEvidence['step']>({ forMs: number, requests: number });

type Sequential = SequentialEvidence;
const process = fields<Sequential['errors']>({ logs: figures, forMs: number });
const contest = fields<Sequential['counted']>({
  candidate: number,
  candidateRequests: number,
  stable: number,
  stableRequests: number,
});
type Alone = NonNullable<Sequential['alone']>;
const alone = fields<Alone>({
  above: figures,
  below: figures,
  bad: process,
  good: process,
  tolerated: figure,
  intolerable: process,
  counted,
});
type Dispersion = Sequential['dispersion'];
const judgement = fields<Judgement>({
  verdict: text,
  rule: text,
  why: text,
  numbers: values(number),
  unmeasurableSince: maybe(number),
  unexplained: maybe(text),
});

export const evidence = variants<Evidence['judge']>('judge', {
  sequential: fields<Sequential>({
    judge: text,
    errors: process,
    latency: fields<Sequential['latency']>({
      stable: maybe(histogram),
      slow: each(
        fields<Sequential['latency']['slow'][number]>({
          process,
          boundMs: maybe(number),
          counted: contest,
        }),
      ),
    }),
    reassurance: fields<Sequential['reassurance']>({ ratio: process, rate: process }),
    dispersion: fields<Dispersion>({
      minute: fields<Dispersion['minute']>({
        forMs: number,
        pods: values(counted),
        errors: number,
      }),
      errorsBefore: number,
      scatter: fields<Dispersion['scatter']>({ excess: figure, weight: figure, degrees: figure }),
      life: fields<Dispersion['life']>({ pods: values(counted), errors: number }),
    }),
    counted: contest,
    baseline: maybe(
      fields<NonNullable<Sequential['baseline']>>({
        requests: number,
        errors: number,
        clientErrors: maybe(number),
        life: counted,
      }),
    ),
    alone: maybe(alone),
    latencyAlone: maybe(
      each(
        fields<NonNullable<Sequential['latencyAlone']>[number]>({
          boundMs: number,
          before: counted,
          alone,
        }),
      ),
    ),
    pending: maybe(measuredWindow),
    step,
    sight,
    convicted: maybe(judgement),
  }),
  'mann-whitney': fields<MannWhitneyEvidence>({
    judge: text,
    points: values(
      fields<MannWhitneyEvidence['points']['errors']>({ candidate: figures, stable: figures }),
    ),
    open: maybe(measuredWindow),
    step,
    sight,
  }),
  thresholds: fields<ThresholdEvidence>({
    judge: text,
    progress: values(
      fields<ThresholdEvidence['progress'][string]>({
        waitMs: number,
        open: maybe(measuredWindow),
        successful: number,
        failed: number,
        inconclusive: number,
        consecutiveErrors: number,
        last: text,
      }),
    ),
    step,
    sight,
  }),
});
