/** Connections in the simulated world: who answers a request accepts one, and no application speaks gRPC. */
import type { Ask } from '../../../effects/http/http.ts';
import type { Reach } from '../../../effects/http/reach.ts';

export function simulatedReach(ask: Ask): Reach {
  return async ({ kind, host, port }, timeoutMs) => {
    if (kind === 'grpc') return 'answered 404, which is not gRPC';
    const answer = await ask({ method: 'GET', url: `http://${host}:${port}/`, timeoutMs });
    return answer.kind === 'failed' ? answer.why : undefined;
  };
}
