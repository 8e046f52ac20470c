/** A plain webhook: one JSON document, documented in docs/notifications.md. */
import { type Channel, headline } from './channel.ts';

export const webhook: Channel = (notification, url) => {
  const { event, service, namespace, record } = notification;
  return {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      event,
      text: headline(notification),
      service,
      namespace,
      release: record.release,
      strategy: record.strategy,
      outcome: record.outcome,
      reason: record.cause ?? null,
      from: record.from,
      to: record.to,
      durationMs: record.endedAt - record.startedAt,
      evidence: record.evidence,
    }),
  };
};
