/** Reads and writes a service's journal. Of two writers one is refused, and learns that it is not the one. */

import { strangeJournal } from '../../../core/journal/belonging.ts';
import {
  EMPTY_JOURNAL,
  JOURNAL_KEY,
  type Journal,
  journalData,
  journalName,
  serviceOfJournal,
} from '../../../core/journal/journal.ts';
import { readJournal } from '../../../core/journal/read-journal.ts';
import type { ConfigMap } from '../../../core/kubernetes/objects.ts';
import { StageFailure } from '../../base/failure.ts';
import type { Kube } from '../../kube/client.ts';

export interface JournalFile {
  journal(): Journal;
  /** Throws where somebody else has written since it was read: the release is theirs now. */
  save(journal: Journal): Promise<void>;
  /** Throws where somebody else has written since: asked after the Lease was away for a while. */
  assertUnchanged(): Promise<void>;
}

/** The journal as it is now, without the right to write it. */
export async function peekJournal(
  kube: Kube,
  namespace: string,
  service: string,
): Promise<Journal> {
  return parsed(await readConfigMap(kube, namespace, service));
}

/** The holder of the Lease: only then is what cannot be read known to be a meddler's. */
export interface JournalKeeper {
  /** How long one write may take. */
  readonly patienceMs: number;
  /** Throws with exit code 4 where the Lease is lost. */
  readonly assertHeld: () => Promise<void>;
  /** Told why a journal that somebody has spoilt was written anew. */
  readonly restored: (why: string) => void;
}

export async function openJournal(
  kube: Kube,
  namespace: string,
  service: string,
  keeper?: JournalKeeper,
): Promise<JournalFile> {
  const asked = keeper === undefined ? kube : kube.within(keeper.patienceMs);
  const stored = await readConfigMap(kube, namespace, service);
  return new ConfigMapJournal(asked, { namespace, service }, keeper, stored);
}

class ConfigMapJournal implements JournalFile {
  readonly #kube: Kube;
  readonly #of: { readonly namespace: string; readonly service: string };
  readonly #keeper: JournalKeeper | undefined;
  #stored: ConfigMap | undefined;
  #journal: Journal;
  /** What this process has tried to write without hearing what came of it. */
  #unheard: string | undefined;

  constructor(
    kube: Kube,
    of: { readonly namespace: string; readonly service: string },
    keeper: JournalKeeper | undefined,
    stored: ConfigMap | undefined,
  ) {
    this.#kube = kube;
    this.#of = of;
    this.#keeper = keeper;
    this.#stored = stored;
    this.#journal = parsed(stored);
  }

  journal(): Journal {
    return this.#journal;
  }

  async save(next: Journal): Promise<void> {
    await this.#write(journalData(next));
    this.#journal = next;
  }

  // Handed on as a function: it keeps what it belongs to.
  readonly assertUnchanged = async (): Promise<void> => {
    const found = textOf(await this.#read());
    if (!this.#isOurs(found)) throw notOurs(this.#of.service, 'its journal has changed');
  };

  async #write(data: Record<string, string>): Promise<void> {
    const { namespace, service } = this.#of;
    const object = withData(this.#stored ?? emptyConfigMap(namespace, service), data);
    const before = this.#unheard;
    this.#unheard = textOf(object);
    const written = this.#stored
      ? await this.#kube.replace(object)
      : await this.#kube.create(object);
    if (written.kind === 'done') {
      this.#stored = written.object as ConfigMap; // the API answers a write with what it has written
      this.#unheard = undefined;
      return;
    }
    const found = await this.#read();
    // An answer that got lost looks like somebody else's write, unless what is there is ours.
    if (found && textOf(found) === textOf(object)) {
      this.#stored = found;
      return;
    }
    if (!this.#isOurs(textOf(found)) && textOf(found) !== before) {
      await this.#assertSpoilt(found, written.why);
    }
    // Somebody touched the object, not the journal in it: an operator has left a command, say. Or it
    // was deleted or spoilt: then the holder of the Lease writes it anew.
    this.#stored = found;
    await this.#write(data);
  }

  #read(): Promise<ConfigMap | undefined> {
    return readConfigMap(this.#kube, this.#of.namespace, this.#of.service);
  }

  /** What may be there without anybody else having written: nothing, where it was deleted. */
  #isOurs(found: string | undefined): boolean {
    return found === undefined || found === textOf(this.#stored) || found === this.#unheard;
  }

  /** No stage writes what no stage can read: such a text is not another process's, while the Lease is held. */
  async #assertSpoilt(found: ConfigMap | undefined, why: string): Promise<void> {
    const fault = found && readOwnJournal(found);
    const keeper = this.#keeper;
    if (keeper === undefined || typeof fault !== 'string') throw notOurs(this.#of.service, why);
    await keeper.assertHeld();
    keeper.restored(fault);
  }
}

function notOurs(service: string, why: string): StageFailure {
  return new StageFailure(4, `another process drives the release of ${service} now: ${why}`);
}

function withData(object: ConfigMap, data: Record<string, string>): ConfigMap {
  return { ...object, data: { ...object.data, ...data } };
}

function textOf(stored: ConfigMap | undefined): string | undefined {
  return stored?.data?.[JOURNAL_KEY];
}

/** The ConfigMap before anything is in it. */
export function emptyConfigMap(namespace: string, service: string): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: journalName(service),
      namespace,
      labels: { 'app.kubernetes.io/managed-by': 'zero-downtime-deployment' },
    },
  };
}

export async function readConfigMap(kube: Kube, namespace: string, service: string) {
  const name = journalName(service);
  return kube.get<ConfigMap>({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name });
}

export function parsed(stored: ConfigMap | undefined): Journal {
  if (!stored) return EMPTY_JOURNAL;
  const journal = readOwnJournal(stored);
  if (typeof journal !== 'string') return journal;
  throw new StageFailure(
    3,
    `the journal ${stored.metadata.name} cannot be read: ${journal}`,
    'look at the service first; when no release is under way, delete the ConfigMap',
  );
}

/** The journal of the service that the ConfigMap is named after; a text says why it is none. */
export function readOwnJournal({ metadata, data }: ConfigMap): Journal | string {
  const journal = readJournal(data);
  if (typeof journal === 'string') return journal;
  return (
    strangeJournal(journal, metadata.namespace, serviceOfJournal(metadata.name) ?? '') ?? journal
  );
}
