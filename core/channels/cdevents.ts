/**
 * CDEvents 0.4.1 (https://cdevents.dev) to a sink of CloudEvents, structured mode: `service.upgraded`
 * where a version was promoted, `service.rolledback` where it was turned back.
 */
import { parseImage } from '../base/image.ts';
import { timestampOf } from '../kubernetes/time.ts';
import type { Channel, Notification, NotificationEvent } from './channel.ts';

const VERSION = '0.4.1';
/** Of each kind of event, version 0.2.0. */
const TYPES: Partial<Record<NotificationEvent, string>> = {
  completed: 'dev.cdevents.service.upgraded.0.2.0',
  rollback: 'dev.cdevents.service.rolledback.0.2.0',
};

export const cdevents = {
  type: 'cdevents',
  scheme: 'http',
  keys: {},
  needs: [],
  secrets: [],
  // What it says is for programs alone.
  escape: undefined,
  resolve: () => ({ type: 'cdevents' }),
  write: (notification, { url }) => {
    const type = TYPES[notification.event];
    return type === undefined ? undefined : sent(notification, url, type);
  },
} as const satisfies Channel<object, { readonly type: 'cdevents' }>;

function sent(notification: Notification, url: string, type: string) {
  const { id, at, namespace, service, event, from, to, release, code, sentence, strategy } =
    notification;
  const source = `/namespaces/${namespace}`;
  const timestamp = timestampOf(at);
  const data = {
    context: { version: VERSION, id, source, type, timestamp },
    subject: {
      id: `${namespace}/${service}`,
      source,
      type: 'service',
      // What serves from now on.
      content: {
        environment: { id: namespace },
        artifactId: packageUrl(event === 'rollback' ? from : to),
      },
    },
    customData: { release, strategy, code: code ?? null, sentence },
    customDataContentType: 'application/json',
  };
  const body = {
    specversion: '1.0',
    id,
    source,
    type,
    time: timestamp,
    datacontenttype: 'application/json',
    data,
  };
  return {
    by: 'http',
    method: 'POST',
    url,
    headers: { 'content-type': 'application/cloudevents+json', 'idempotency-key': id },
    body: JSON.stringify(body),
  } as const;
}

/** A package URL of type oci (https://github.com/package-url/purl-spec), as CDEvents wants it for images. */
function packageUrl(image: string): string {
  const { repository, tag, digest } = parseImage(image) ?? {
    repository: image,
    tag: undefined,
    digest: undefined,
  };
  const name = repository.slice(repository.lastIndexOf('/') + 1);
  const version = digest === undefined ? '' : `@${encodeURIComponent(digest)}`;
  const named = tag === undefined ? '' : `&tag=${encodeURIComponent(tag)}`;
  return `pkg:oci/${encodeURIComponent(name)}${version}?repository_url=${encodeURIComponent(repository)}${named}`;
}
