/** The outside world of a stage that only measures: real HTTP, real time, no cluster. */

import { wallClock } from '../../../../../effects/base/clock.ts';
import { ANYWHERE } from '../../../../../effects/context/destinations.ts';
import { createLog } from '../../../../../effects/context/log.ts';
import type { StageContext } from '../../../../../effects/context/stage-context.ts';
import { askCertificate } from '../../../../../effects/http/certificate.ts';
import { askOverNetwork } from '../../../../../effects/http/http.ts';
import { openKeepAlive } from '../../../../../effects/http/keep-alive-connection.ts';
import { postOverNetwork } from '../../../../../effects/http/mail.ts';
import { openLaneOverNetwork } from '../../../../../effects/http/probe-connection.ts';
import { reachOverNetwork } from '../../../../../effects/http/reach.ts';
import type { Kube } from '../../../../../effects/kube/client.ts';

export function measuring(secretsDir = ''): StageContext {
  return {
    kube: {
      text: async (path: string) => {
        throw new Error(`nobody should ask the cluster for ${path}`);
      },
    } as unknown as Kube, // sources over HTTP need no cluster
    ask: askOverNetwork,
    destinations: async () => ANYWHERE,
    askConfigured: askOverNetwork,
    hold: openKeepAlive,
    reach: reachOverNetwork,
    certificate: askCertificate,
    openLane: openLaneOverNetwork,
    post: postOverNetwork,
    clock: wallClock,
    log: createLog('text', () => undefined),
    secretsDir,
    stop: new AbortController().signal,
    process: 'test',
  };
}
