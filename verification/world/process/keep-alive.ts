/** A kept-alive connection of a stage in the simulated world, where every request is an exchange of its own. */
import type { Ask } from '../../../effects/http/http.ts';
import type { KeepAliveConnection } from '../../../effects/http/keep-alive-connection.ts';

export function simulatedHold(ask: Ask): KeepAliveConnection {
  return ({ host, port, path }) => ({
    ask: async (timeoutMs) => {
      const answer = await ask({ method: 'GET', url: `http://${host}:${port}${path}`, timeoutMs });
      return answer.kind === 'failed'
        ? { kind: 'cut', why: answer.why }
        : { kind: 'answered', last: answer.headers.get('connection') === 'close' };
    },
    end: () => undefined,
  });
}
