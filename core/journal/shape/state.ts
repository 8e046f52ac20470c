/** The shape of where a release stands. */

import type { Warning } from '../../analysis/analysis-state.ts';
import type { Availability } from '../../availability/availability.ts';
import type { Shortfall } from '../../availability/shortfall.ts';
import type { Usual } from '../../availability/usual.ts';
import type { StrategyName } from '../../base/vocabulary.ts';
import type { ProbeCounts, Probes } from '../../cluster/prober.ts';
import {
  anything,
  count,
  each,
  fields,
  flag,
  type JsonShape,
  maybe,
  number,
  object,
  oneOf,
  text,
  values,
  variants,
} from '../../plan/shape/json.ts';
import { templateShape } from '../../plan/shape/workloads.ts';
import {
  type Evidence,
  type Interference,
  PHASES,
  type RollingState,
  type SeenTemplate,
  type TwoSidedState,
  type Wait,
} from '../../state/state.ts';
import { counted } from './evidence.ts';
import { decision, sides, tally } from './tally.ts';

type One<T, Kind> = Extract<T, { readonly kind: Kind }>;
type Part<T, Key extends keyof T> = NonNullable<T[Key]>;

export const OUTCOMES = ['promoted', 'rolled-back', 'failed', 'unchanged'];

const sent = fields<Probes>({ sent: number, lost: number });
const probes = fields<ProbeCounts>({
  fresh: sent,
  keptAlive: sent,
  how: values(number),
  errors: number,
  inVain: maybe(number),
});

const availability = fields<Availability>({
  probes,
  counted: maybe(sides(counted)),
  until: maybe(number),
  unwatchedMs: maybe(number),
  requests: number,
  lost: number,
  lostIf: maybe(fields<Part<Availability, 'lostIf'>>({ fresh: number, keptAlive: number })),
  usual: fields<Usual>({
    requests: number,
    ms: number,
    squares: maybe(number),
    stretches: maybe(number),
  }),
  missed: maybe(fields<Shortfall>({ expected: number, counted: number })),
});

const warning = fields<Warning>({ at: number, trigger: text, why: text, isFirst: flag });
const interference = fields<Interference>({
  at: number,
  object: text,
  what: text,
  by: text,
  response: text,
});

export const evidence = fields<Evidence>({
  moved: maybe(text),
  movedBack: maybe(text),
  drained: maybe(text),
  judged: maybe(text),
  connectionsCut: maybe(text),
  drainProbe: maybe(text),
  decision: maybe(decision),
  availability: maybe(availability),
  warnings: maybe(each(warning)),
  interferences: maybe(each(interference)),
});

const wait = variants<Wait['kind']>('kind', {
  running: object,
  skipped: object,
  paused: fields<One<Wait, 'paused'>>({ kind: text, since: number, until: number }),
});

const seen = fields<SeenTemplate>({ all: text, pods: text });

const base = {
  direction: oneOf(['forward', 'back']),
  since: number,
  wait,
  pausedMs: maybe(number),
  startedAt: number,
  cause: maybe(text),
  code: maybe(text),
  evidence,
  tally: maybe(tally),
  // Of one process: the next one begins anew.
  stillness: anything,
  mark: anything,
  endpointsSince: maybe(number),
  repairing: maybe(
    fields<Part<RollingState, 'repairing'>>({ object: text, since: number, isGone: flag }),
  ),
  outcome: maybe(oneOf(OUTCOMES)),
  blindSince: maybe(number),
  handingBackSince: maybe(number),
  applied: maybe(seen),
};

const rolling = fields<RollingState>({
  ...base,
  strategy: text,
  phase: oneOf(PHASES.rolling),
  lastEndAt: maybe(number),
});

const twoSided = fields<TwoSidedState>({
  ...base,
  strategy: text,
  phase: oneOf(PHASES['blue-green']),
  step: count,
  stage: fields<TwoSidedState['stage']>({ nth: count, change: oneOf(['none', 'sent']) }),
  watchedStep: maybe(count),
  writes: maybe(fields<Part<TwoSidedState, 'writes'>>({ since: number, times: number })),
  stableSeen: maybe(seen),
  stableTemplate: maybe(templateShape),
  stableHash: maybe(text),
  atOnce: maybe(flag),
  scaling: maybe(fields<Part<TwoSidedState, 'scaling'>>({ id: text, isSeen: flag, times: number })),
  misled: maybe(
    fields<Part<TwoSidedState, 'misled'>>({ since: number, rightSince: maybe(number) }),
  ),
  scalingLeft: maybe(flag),
  conceded: maybe(flag),
});

/** Where a release by each strategy stands. */
export const STATES: Readonly<Record<StrategyName, JsonShape>> = {
  rolling,
  'blue-green': twoSided,
  canary: twoSided,
  'blue-green-with-canary': twoSided,
};
