/** Where each client of a Service with `sessionAffinity: ClientIP` went last, as a node's proxy remembers it. */
import type { Clock } from '../base/clock.ts';
import type { Service } from '../kubernetes/shapes.ts';

export interface AffineClient {
  readonly service: Service;
  readonly port: number;
  /** Its address. */
  readonly client: string;
}

export interface Affinity {
  /** The one it went to before, if that is still among them and not too long ago; otherwise what `any` says. */
  choose<B extends { readonly address: string }>(
    who: AffineClient,
    among: readonly B[],
    any: () => B | undefined,
  ): B | undefined;
}

const DEFAULT_SECONDS = 10_800;

export function createAffinity(clock: Clock): Affinity {
  const last = new Map<string, { readonly address: string; readonly atMs: number }>();
  return {
    choose: ({ service, port, client }, among, any) => {
      const key = `${service.metadata.uid} ${port} ${client}`;
      const known = last.get(key);
      const { timeoutSeconds = DEFAULT_SECONDS } =
        service.spec.sessionAffinityConfig?.clientIP ?? {};
      const isLate = known !== undefined && clock.now() - known.atMs > timeoutSeconds * 1000;
      const same = isLate ? undefined : among.find(({ address }) => address === known?.address);
      const chosen = same ?? any();
      if (chosen) last.set(key, { address: chosen.address, atMs: clock.now() });
      return chosen;
    },
  };
}
