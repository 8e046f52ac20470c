/** A plain webhook: one JSON document, documented in docs/notifications.md. */
import { type Channel, headline } from './channel.ts';

export const webhook = {
  type: 'webhook',
  keys: {},
  resolve: () => ({ type: 'webhook' }),
  request: (notification, url) => {
    const { event, outcome, reason, ...rest } = notification;
    return {
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        event,
        text: headline(notification),
        ...rest,
        outcome: outcome ?? null,
        reason: reason ?? null,
      }),
    };
  },
} as const satisfies Channel<object, { readonly type: 'webhook' }>;
