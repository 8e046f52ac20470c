/**
 * A plain webhook: one JSON document, documented in docs/notifications.md, with the attributes of
 * CloudEvents 1.0 as headers (its HTTP binding, binary mode). Signed where a secret is given.
 */

import type { WrittenKeys } from '../base/from-schema.ts';
import { FILE } from '../base/schema-types.ts';
import { timestampOf } from '../kubernetes/time.ts';
import { asItIs, type Channel, headline, type Notification } from './channel.ts';

const KEYS = {
  secretFile: {
    ...FILE,
    description: 'A file in the workspace `secrets` with the secret that requests are signed by.',
  },
} as const;

interface WebhookTarget {
  readonly type: 'webhook';
  readonly secretFile?: string;
}

export const webhook = {
  type: 'webhook',
  scheme: 'http',
  keys: KEYS,
  needs: [],
  secrets: ['secretFile'],
  // Of a value in JSON nothing has a meaning.
  escape: asItIs,
  resolve: ({ secretFile }) => ({ type: 'webhook', ...(secretFile ? { secretFile } : {}) }),
  write: (notification, { url, secrets: { secretFile } }, _, wording) => {
    const { event, outcome, reason, code, at, ...rest } = notification;
    return {
      by: 'http',
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json', ...cloudEventHeaders(notification) },
      body: JSON.stringify({
        event,
        text: wording ?? headline(notification),
        ...rest,
        at: timestampOf(at),
        outcome: outcome ?? null,
        reason: reason ?? null,
        code: code ?? null,
      }),
      ...(secretFile === undefined ? {} : { signWith: secretFile }),
    };
  },
} as const satisfies Channel<WrittenKeys<typeof KEYS>, WebhookTarget>;

function cloudEventHeaders({ id, at, event, namespace, service }: Notification) {
  return {
    'idempotency-key': id,
    'ce-specversion': '1.0',
    'ce-id': id,
    'ce-type': `deployment.${event}`,
    'ce-source': `/namespaces/${namespace}/services/${service}`,
    'ce-time': timestampOf(at),
  };
}
