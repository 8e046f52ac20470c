/** The outbox's marks in the journal's ConfigMap: written beside the driver's own keys, never over them. */
import { type Mark, readMarks, withMarks } from '../../core/channels/marks.ts';
import type { ConfigMap } from '../../core/kubernetes/objects.ts';
import { messageOf } from '../base/failure.ts';
import type { Kube } from '../kube/client.ts';
import { readConfigMap } from '../ownership/journal/journal.ts';

export interface Marks {
  read(): Promise<readonly Mark[]>;
  /** Marks that come while others are written are written together. Resolves with why they could not be. */
  add(mark: Mark): Promise<string | undefined>;
}

/** So often somebody else may write in between. */
const TRIES = 5;

export function marksOf(
  kube: Kube,
  { namespace, service }: { readonly namespace: string; readonly service: string },
): Marks {
  let waiting: Mark[] = [];
  let writing: Promise<string | undefined> | undefined;
  const read = () => readConfigMap(kube, namespace, service);
  const replace = (stored: ConfigMap) => kube.replace(stored);

  async function write(): Promise<string | undefined> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const stored = await read();
      const marks = waiting;
      // Whose journal is gone has nothing to tell any more.
      if (!stored) waiting = [];
      if (!stored) return undefined;
      const data = { ...stored.data, ...withMarks(readMarks(stored.data), marks) };
      const written = await replace({ ...stored, data });
      if (written.kind !== 'done') continue;
      waiting = waiting.filter((mark) => !marks.includes(mark));
      return undefined;
    }
    return 'others write the journal all the time';
  }

  async function writeAll(): Promise<string | undefined> {
    let why: string | undefined;
    while (waiting.length > 0 && why === undefined) why = await write().catch(messageOf);
    // Set free in the same step in which nothing waits: what comes next begins anew.
    writing = undefined;
    return why;
  }

  return {
    read: async () => readMarks((await read())?.data),
    add: (mark) => {
      waiting.push(mark);
      writing ??= writeAll();
      return writing;
    },
  };
}
