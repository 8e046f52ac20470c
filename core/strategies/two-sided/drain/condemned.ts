/**
 * Whether a side that was decided against is let go at once. Kept-alive connections stay on it for as
 * long as it is drained, and each of their requests may get one of its errors; ending it costs each of
 * them one request at the most.
 */
export interface Condemned {
  /** Of what it answers, 0 to 1. */
  readonly errorShare: number;
  /** That still reach it. */
  readonly requestsPerSecond: number;
  /** For how much longer it would be drained. */
  readonly leftMs: number;
  /** That it holds; undefined where it does not tell. */
  readonly connections: number | undefined;
}

/**
 * True where the errors still to come would be more than the connections to be cut. Of a side that
 * does not tell its connections it is known that there are no more busy ones than requests a second:
 * who asks less often loses less often too.
 */
export function isLetGoAtOnce({
  errorShare,
  requestsPerSecond,
  leftMs,
  connections = requestsPerSecond,
}: Condemned): boolean {
  const errorsToCome = errorShare * requestsPerSecond * (leftMs / 1000);
  return requestsPerSecond > 0 && errorsToCome > connections;
}
