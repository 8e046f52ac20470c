/**
 * PagerDuty, Events API v2 (https://developer.pagerduty.com/api-reference/ZG9jOjExMDI5NTgw): a release that
 * fails or is rolled back opens an incident of its service, the next one that is promoted resolves it.
 */

import type { WrittenKeys } from '../base/from-schema.ts';
import { FILE } from '../base/schema-types.ts';
import { timestampOf } from '../kubernetes/time.ts';
import { asItIs, type Channel, type Notification, SEVERITY_OF } from './channel.ts';

const KEYS = {
  routingKeyFile: {
    ...FILE,
    description: 'A file in the workspace `secrets` with the integration key of PagerDuty.',
  },
} as const;

interface PagerDutyTarget {
  readonly type: 'pagerduty';
  readonly routingKeyFile: string;
}

export const pagerduty = {
  type: 'pagerduty',
  scheme: 'http',
  keys: KEYS,
  needs: ['routingKeyFile'],
  secrets: ['routingKeyFile'],
  escape: asItIs,
  resolve: ({ routingKeyFile = '' }) => ({ type: 'pagerduty', routingKeyFile }),
  write: (notification, { url, secrets: { routingKeyFile = '' } }, _, wording) => {
    const { event, namespace, service } = notification;
    // That a release has begun, or was not let begin, is no one's alarm.
    if (event === 'started' || event === 'refused') return undefined;
    const incident = {
      routing_key: routingKeyFile,
      event_action: event === 'completed' ? 'resolve' : 'trigger',
      // At most 255 characters; names of Kubernetes have 63.
      dedup_key: `zero-downtime/${namespace}/${service}`,
      client: 'zero-downtime-deployment',
      payload: payloadOf(notification, wording),
    };
    const headers = { 'content-type': 'application/json' };
    return { by: 'http', method: 'POST', url, headers, body: JSON.stringify(incident) };
  },
} as const satisfies Channel<WrittenKeys<typeof KEYS>, PagerDutyTarget>;

function payloadOf(notification: Notification, wording: string | undefined): object {
  const { event, namespace, service, sentence, at, release, code, next, proof, from, to } =
    notification;
  return {
    // At most 1,024 characters.
    summary: (wording ?? `${namespace}/${service}: ${sentence}`).slice(0, 1_024),
    source: `${namespace}/${service}`,
    severity: SEVERITY_OF[event],
    timestamp: timestampOf(at),
    component: service,
    group: namespace,
    class: code ?? event,
    custom_details: { release, from, to, next, proof },
  };
}
