// What a watch saw, told so that two clusters can be compared: for each object the states it went
// through, without times, without the names that chance gave, and without saying the same twice.

// biome-ignore lint/suspicious/noExplicitAny: recorded objects are looked at as they come
type Watched = any;

export interface WatchEvent {
  readonly type: string;
  readonly object: Watched;
}

export interface Tracks {
  /** By kind and name. */
  readonly objects: Readonly<Record<string, readonly string[]>>;
  /** The pods of each ReplicaSet or Job: which of them is which does not matter. */
  readonly pods: Readonly<Record<string, readonly (readonly string[])[]>>;
  readonly endpoints: Readonly<Record<string, readonly (readonly string[])[]>>;
  readonly events: readonly string[];
}

/**
 * `since`: the resourceVersion of the first change that belongs to the story. Of what was before it
 * only how each object stood when the story began.
 */
export function tracksOf(watched: readonly WatchEvent[], since: number): Tracks {
  const names = nicknames(watched);
  const objects = new Map<string, string[]>();
  const pods = new Map<string, Map<string, string[]>>();
  const endpoints = new Map<string, Map<string, string[]>>();
  const events = new Set<string>();
  for (const { type, object } of fromThen(watched, since)) {
    const { kind, metadata } = object;
    switch (kind) {
      case 'Deployment':
      case 'ReplicaSet':
        add(objects, `${kind} ${names(metadata.name)}`, gone(type) ?? workload(object));
        break;
      case 'Job':
        add(objects, `${kind} ${names(metadata.name)}`, gone(type) ?? job(object));
        break;
      case 'Pod':
        addTo(pods, ownerOf(object, names), metadata.name, gone(type) ?? pod(object, names));
        break;
      case 'EndpointSlice':
        for (const [name, state] of states(object, endpoints)) {
          addTo(endpoints, names(name.replace(/-[^-]+$/, '')), name, state);
        }
        break;
      case 'Event':
        if (revision(object) >= since) events.add(event(object, names));
        break;
    }
  }
  return {
    objects: Object.fromEntries([...objects].sort()),
    pods: sorted(pods),
    endpoints: sorted(endpoints),
    events: [...events].sort(),
  };
}

function revision({ metadata }: Watched): number {
  return Number(metadata.resourceVersion);
}

function fromThen(watched: readonly WatchEvent[], since: number): WatchEvent[] {
  const ordered = [...watched].sort((a, b) => revision(a.object) - revision(b.object));
  const before = new Map<string, WatchEvent>();
  for (const event of ordered) {
    if (revision(event.object) >= since) continue;
    if (event.type === 'DELETED') before.delete(event.object.metadata.uid);
    else before.set(event.object.metadata.uid, event);
  }
  return [...before.values(), ...ordered.filter(({ object }) => revision(object) >= since)];
}

/** ReplicaSets by their age, since every cluster gives them other names. */
function nicknames(watched: readonly WatchEvent[]): (text: string) => string {
  const sets = new Map<string, string>();
  for (const { object } of watched) {
    const { name, creationTimestamp } = object.metadata;
    if (object.kind === 'ReplicaSet') sets.set(name, creationTimestamp);
  }
  const byAge = [...sets].sort(([, a], [, b]) => (a < b ? -1 : 1)).map(([name]) => name);
  return (text) =>
    byAge
      .reduce((said, name, at) => said.replaceAll(name, `rs${at + 1}`), text)
      .replaceAll(/\b(rs\d+|once)-[a-z0-9]{5}(?![a-z0-9])/g, '$1-*')
      .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uid>')
      .replaceAll(/\b\d+\.\d+\.\d+\.\d+\b/g, '<ip>');
}

function add(into: Map<string, string[]>, key: string, state: string): void {
  const track = into.get(key) ?? [];
  if (track.at(-1) !== state) track.push(state);
  into.set(key, track);
}

function addTo(
  into: Map<string, Map<string, string[]>>,
  group: string,
  key: string,
  state: string,
): void {
  const tracks = into.get(group) ?? new Map<string, string[]>();
  add(tracks, key, state);
  into.set(group, tracks);
}

function sorted(groups: Map<string, Map<string, string[]>>): Tracks['pods'] {
  return Object.fromEntries(
    [...groups]
      .sort()
      .map(([group, tracks]) => [
        group,
        [...tracks.values()].sort((a, b) => (a.join() < b.join() ? -1 : 1)),
      ]),
  );
}

function gone(type: string): string | undefined {
  return type === 'DELETED' ? 'gone' : undefined;
}

function conditions({ status }: Watched): string {
  return (status?.conditions ?? [])
    .map(({ type, status, reason }: Watched) => `${type}=${status}${reason ? `/${reason}` : ''}`)
    .sort()
    .join(' ');
}

function marks({ metadata, spec }: Watched): string {
  return [
    `g${metadata.generation}`,
    spec?.paused ? 'paused' : '',
    metadata.deletionTimestamp ? 'deleted' : '',
    ...(metadata.finalizers ?? []),
  ]
    .filter(Boolean)
    .join(' ');
}

function numbers(status: Watched): string {
  return Object.keys(status ?? {})
    .filter((name) => typeof status[name] === 'number')
    .sort()
    .map((name) => `${name}=${status[name]}`)
    .join(' ');
}

function workload(object: Watched): string {
  const revision = object.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? '-';
  const wanted = `${object.spec.replicas} wanted`;
  return `${marks(object)} r${revision} ${wanted} | ${numbers(object.status)} | ${conditions(object)}`;
}

function job(object: Watched): string {
  const { uncountedTerminatedPods = {} } = object.status ?? {};
  const uncounted = Object.keys(uncountedTerminatedPods).map((name) => `uncounted ${name}`);
  return [numbers(object.status), ...uncounted, conditions(object)].join(' | ');
}

function ownerOf({ metadata }: Watched, names: (text: string) => string): string {
  return names(metadata.ownerReferences?.[0]?.name ?? 'none');
}

function pod(object: Watched, names: (text: string) => string): string {
  const { status = {}, spec } = object;
  const containers = (status.containerStatuses ?? []).map((container: Watched) =>
    [
      container.name,
      container.ready ? 'ready' : '',
      container.started ? 'started' : '',
      `restarts=${container.restartCount}`,
      state(container.state),
      `before: ${state(container.lastState)}`,
    ]
      .filter(Boolean)
      .join(' '),
  );
  const seen = `${marks(object)} seen=${status.observedGeneration ?? '-'}`;
  const place = `${spec.nodeName ? 'placed' : 'unplaced'}${status.podIP ? ' addressed' : ''}`;
  return names(
    [seen, status.phase, place, conditions(object), ...containers].filter(Boolean).join(' | '),
  );
}

function state(container: Watched): string {
  const [kind] = Object.keys(container ?? {});
  if (!kind) return 'nothing';
  const { reason, exitCode, message } = container[kind];
  return [kind, exitCode, reason, message].filter((part) => part !== undefined).join(' ');
}

/** The states of all endpoints there are now, and `absent` for those that were and are not. */
function states(
  slice: Watched,
  known: ReadonlyMap<string, ReadonlyMap<string, unknown>>,
): [string, string][] {
  const now = (slice.endpoints ?? []).map(({ targetRef, conditions }: Watched) => {
    const flags = ['ready', 'serving', 'terminating'].filter((name) => conditions[name]);
    return [targetRef.name, flags.join(' ') || 'none'] as [string, string];
  });
  const present = new Set(now.map(([name]: [string, string]) => name));
  const absent = [...known.values()]
    .flatMap((tracks) => [...tracks.keys()])
    .filter((name) => !present.has(name))
    .map((name): [string, string] => [name, 'absent']);
  return [...now, ...absent];
}

function event(
  { type, reason, involvedObject, message }: Watched,
  names: (text: string) => string,
): string {
  const { kind, name, fieldPath = '' } = involvedObject;
  const text = message.replace(/^\(combined from similar events\): /, '');
  return names([type, reason, kind, name, fieldPath, text].filter(Boolean).join(' '));
}
