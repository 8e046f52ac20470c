/** The outside world of a stage that only measures: real HTTP, real time, no cluster. */
import { wallClock } from '../../../../effects/clock.ts';
import { ANYWHERE } from '../../../../effects/destinations.ts';
import { askOverNetwork } from '../../../../effects/http.ts';
import { holdOverNetwork } from '../../../../effects/kept-connection.ts';
import type { Kube } from '../../../../effects/kube/client.ts';
import type { Outside } from '../../../../effects/outside.ts';
import { openLaneOverNetwork } from '../../../../effects/probe-connection.ts';
import { reachOverNetwork } from '../../../../effects/reach.ts';

export function measuring(secretsDir = ''): Outside {
  return {
    kube: {
      text: async (path: string) => {
        throw new Error(`nobody should ask the cluster for ${path}`);
      },
    } as unknown as Kube, // sources over HTTP need no cluster
    ask: askOverNetwork,
    destinations: async () => ANYWHERE,
    askConfigured: askOverNetwork,
    hold: holdOverNetwork,
    reach: reachOverNetwork,
    openLane: openLaneOverNetwork,
    clock: wallClock,
    log: { line: () => undefined },
    secretsDir,
    stop: new AbortController().signal,
    process: 'test',
  };
}
