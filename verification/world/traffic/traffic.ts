/** What clients have asked, what they were answered, and what was lost. */
import type { Instance } from '../application/run.ts';

export type Connection = 'fresh' | 'kept-alive';

/** nobody: the Service led nowhere · refused: the pod took no connection · cut: the pod was gone before it answered. */
export type Loss = 'nobody' | 'refused' | 'cut';

export interface LostRequest {
  readonly atMs: number;
  readonly connection: Connection;
  readonly how: Loss;
  /** Of whom it was lost, as that was then; where there was nobody, of one that has fallen, if one has. */
  readonly instance: Instance | undefined;
}

interface Answers {
  readonly count: number;
  readonly errors: number;
  readonly lastAtMs: number;
}

export interface Traffic {
  readonly requests: number;
  readonly lost: readonly LostRequest[];
  /** Version -> answers, errors among them, and when the last of them came. */
  readonly answers: ReadonlyMap<string, Answers>;
}

export interface GrowingTraffic extends Traffic {
  requests: number;
  readonly lost: LostRequest[];
  readonly answers: Map<string, Answers>;
}

/** An instance goes on living: it is noted as it is at this moment. */
export function noteLost(traffic: GrowingTraffic, { instance, ...lost }: LostRequest): void {
  traffic.lost.push({ ...lost, instance: instance && { ...instance } });
}

export function noteAnswer(
  { answers }: GrowingTraffic,
  { version }: Instance,
  status: number,
  atMs: number,
): void {
  const { count, errors } = answers.get(version) ?? { count: 0, errors: 0 };
  answers.set(version, {
    count: count + 1,
    errors: errors + (status >= 500 ? 1 : 0),
    lastAtMs: atMs,
  });
}
