/**
 * Grafana: an annotation on every dashboard that asks for the tag `deployment`
 * (https://grafana.com/docs/grafana/latest/developers/http_api/annotations/). `url` is Grafana's own.
 */
import type { WrittenKeys } from '../base/from-schema.ts';
import { type Channel, title } from './channel.ts';
import { TOKEN_FILE } from './token-file.ts';

const KEYS = { tokenFile: TOKEN_FILE } as const;

interface GrafanaTarget {
  readonly type: 'grafana';
  readonly tokenFile: string;
}

export const grafana = {
  type: 'grafana',
  scheme: 'http',
  keys: KEYS,
  needs: ['tokenFile'],
  secrets: ['tokenFile'],
  escape: html,
  resolve: ({ tokenFile = '' }) => ({ type: 'grafana', tokenFile }),
  write: (notification, { url, secrets: { tokenFile = '' } }, _, wording) => {
    const { event, namespace, service, at, durationMs, outcome, sentence } = notification;
    // What has changed nothing explains no curve.
    if (event === 'refused') return undefined;
    return {
      by: 'http',
      method: 'POST',
      url: `${url.replace(/\/+$/, '')}/api/annotations`,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${tokenFile}` },
      body: JSON.stringify({
        // A release that has ended is a region from its beginning.
        time: outcome === undefined ? at : at - durationMs,
        ...(outcome === undefined ? {} : { timeEnd: at }),
        tags: ['deployment', event, `namespace:${namespace}`, `service:${service}`],
        text: wording ?? `${title(notification)}: ${html(sentence)}`,
      }),
    };
  },
} as const satisfies Channel<WrittenKeys<typeof KEYS>, GrafanaTarget>;

/** Grafana shows the text as HTML. */
function html(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
