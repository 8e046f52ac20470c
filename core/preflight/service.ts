/** Checks of the Service itself: what of it makes requests go other ways than its endpoints say. */

import { formatDuration } from '../base/duration.ts';
import { isTwoSided } from '../base/vocabulary.ts';
import type { Settings } from '../config/settings.ts';
import type { Service } from '../kubernetes/network-objects.ts';
import { routerNamed } from '../routers/registry.ts';
import type { Finding } from './finding.ts';

/** The API's default of sessionAffinityConfig.clientIP.timeoutSeconds. */
const AFFINITY_SECONDS = 10_800;

export function checkService({ metadata: { name }, spec }: Service, settings: Settings): Finding[] {
  const { drain, traffic } = settings;
  const findings: Finding[] = [];
  const warn = (check: Finding['check'], message: string, advice: string): void => {
    findings.push({ check, severity: 'warn', message, advice });
  };
  if (spec.publishNotReadyAddresses) {
    findings.push({
      check: 'not-ready-addresses',
      severity: 'refuse',
      message: `service ${name} publishes the addresses of pods that are not ready (publishNotReadyAddresses): new pods get requests before they can answer, ending ones until they are gone`,
      advice: 'release a service without it; keep this one for peers that look each other up',
    });
  }
  const splits = isTwoSided(settings) && routerNamed(traffic.router).splits === 'connections';
  if (spec.sessionAffinity === 'ClientIP') {
    const { timeoutSeconds = AFFINITY_SECONDS } = spec.sessionAffinityConfig?.clientIP ?? {};
    const stay = formatDuration(timeoutSeconds * 1000);
    const shares = splits ? '; the weights of a canary are no shares of requests then' : '';
    warn(
      'session-affinity',
      `service ${name} keeps a client with its pod for ${stay} after its last request (sessionAffinity: ClientIP)${shares}`,
      'clients change pods only when theirs is no endpoint any more: expect all of them to move at once',
    );
  }
  if (spec.clusterIP === 'None' && drain.confirm) {
    warn(
      'headless',
      `service ${name} is headless, so it has no address that drain.confirm could ask`,
      'the move is confirmed by its endpoints, counters and time; clients that keep a looked-up address for longer than drain.minDuration are cut off: let that exceed the TTL they use',
    );
  }
  const local = [
    ...(spec.internalTrafficPolicy === 'Local' ? ['internalTrafficPolicy'] : []),
    ...(spec.externalTrafficPolicy === 'Local' ? ['externalTrafficPolicy'] : []),
  ];
  if (local.length > 0) {
    warn(
      'local-traffic',
      `service ${name} sends requests only to pods of the node where they arrive (${local.join(', ')}: Local): a node without a pod of the new version drops them`,
      'spread both versions over the same nodes, by topologySpreadConstraints or a DaemonSet',
    );
  }
  if (spec.type === 'LoadBalancer') {
    warn(
      'load-balancer',
      `service ${name} is of type LoadBalancer: one that targets pods by their address learns of a move later than the cluster does`,
      "give it that time as drain.minDuration, and the pods its controller's readiness gates, so that they are Ready only once it knows them",
    );
  }
  return findings;
}
