/** The watches of the API in memory: each is told of what it asked for, a moment after it has happened. */
import type { KubernetesObject } from '../../../core/kubernetes/objects.ts';
import type { VirtualClock } from '../../../embedded-cluster/base/virtual-clock.ts';

interface Listener {
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

interface Change {
  readonly path: string;
  readonly before: KubernetesObject | undefined;
  readonly after: KubernetesObject | undefined;
  readonly version: number;
}

const TELLS_AFTER_MS = 5;

export function createWatches(virtual: VirtualClock) {
  const changes: Change[] = [];
  const watches = new Set<{ hear(change: Change): void; end(): void }>();
  let isSilent = false;
  return {
    tell: (
      path: string,
      before: KubernetesObject | undefined,
      after: KubernetesObject | undefined,
      version: number,
    ): void => {
      const change = { path, before, after, version };
      changes.push(change);
      for (const watch of watches) watch.hear(change);
    },
    silence: (): void => {
      isSilent = true;
    },
    cut: (): void => {
      for (const watch of watches) watch.end();
    },
    /** Resolves when the watch ends; rejects where nobody listens any more. */
    follow: (path: string, query: URLSearchParams, { onLine, signal }: Listener): Promise<void> =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(new Error('nobody listens'));
        const watch = {
          hear: (change: Change): void => {
            const event = eventOf(change, path, query);
            if (!event) return;
            virtual.after(TELLS_AFTER_MS, () => {
              if (!isSilent && watches.has(watch)) onLine(JSON.stringify(event));
            });
          },
          end: (): void => {
            watches.delete(watch);
            resolve();
          },
        };
        watches.add(watch);
        const since = Number(query.get('resourceVersion') ?? 0);
        for (const change of changes) if (change.version > since) watch.hear(change);
        signal.addEventListener('abort', () => {
          watches.delete(watch);
          reject(new Error('nobody listens any more'));
        });
      }),
  };
}

function eventOf({ path, before, after, version }: Change, under: string, query: URLSearchParams) {
  if (!path.startsWith(`${under}/`)) return undefined;
  const was = before !== undefined && selected(before, query);
  const is = after !== undefined && selected(after, query);
  if (is) return { type: was ? 'MODIFIED' : 'ADDED', object: after };
  if (!was) return undefined;
  const metadata = { ...before.metadata, resourceVersion: `${version}` };
  return { type: 'DELETED', object: { ...before, metadata } };
}

/** Whether an object is among those that a list or a watch asks for. */
export function selected(object: KubernetesObject, query: URLSearchParams): boolean {
  const { labels = {}, name } = object.metadata;
  return (
    parts(query.get('labelSelector')).every((part) => isLabelled(part, labels)) &&
    parts(query.get('fieldSelector')).every((part) => {
      const [field, value] = part.split('=');
      // Of the other fields that a stage asks for none is told apart here.
      return field !== 'metadata.name' || value === name;
    })
  );
}

/** `app=pay,tier in (api,web)`, cut where no bracket is open. */
function parts(selector: string | null): string[] {
  return (selector ?? '').split(/,(?![^(]*\))/).filter((part) => part !== '');
}

function isLabelled(part: string, labels: Readonly<Record<string, string>>): boolean {
  const [, key = '', not, values] = /^(\S+) (not)?in \((.*)\)$/.exec(part) ?? [];
  if (values !== undefined) return values.split(',').includes(labels[key] ?? '') === !not;
  if (part.startsWith('!')) return labels[part.slice(1)] === undefined;
  const [name = '', value] = part.split('=');
  return value === undefined ? labels[name] !== undefined : labels[name] === value;
}
