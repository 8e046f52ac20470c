/**
 * What is written of the versions of a namespace's services: in a ConfigMap of the namespace, one document a
 * service, each of the same keys as `compatibility` in a release config. So a service that is needed finds those that need it.
 */
import { foreignText } from '../../core/base/foreign-text.ts';
import {
  COMPATIBILITY,
  type CompatibilityConfig,
  resolveCompatibility,
  type VersionBook,
} from '../../core/config/sections/before/compatibility.ts';
import type { ConfigMap } from '../../core/kubernetes/objects.ts';
import { readDocument } from '../base/document.ts';
import { BadInput } from '../base/failure.ts';
import { type Check, compileCheck } from '../config/check.ts';
import type { Kube } from '../kube/client.ts';

const BOOKS = 'zero-downtime-compatibility';
/** `<service>.yaml`; a Service's name has no dot in it. */
const KEY = /^([a-z0-9][-a-z0-9]{0,62})\.yaml$/;
const MOST_FAULTS = 50;

let check: Check | undefined;

/** By service; undefined where there is no such ConfigMap. Throws BadInput with every fault in it. */
export async function loadVersionBooks(
  kube: Pick<Kube, 'get'>,
  namespace: string,
): Promise<ReadonlyMap<string, VersionBook> | undefined> {
  const target = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: BOOKS };
  const found = await kube.get<ConfigMap>(target);
  if (!found) return undefined;
  const faults: string[] = [];
  const books = new Map<string, VersionBook>();
  for (const [key, text] of Object.entries(found.data ?? {})) {
    const [, service] = KEY.exec(key) ?? [];
    const where = `ConfigMap ${BOOKS}, ${foreignText(key)}`;
    if (service === undefined) {
      faults.push(`${where}: the key has to be <service>.yaml`);
      continue;
    }
    const document = readDocument(text);
    const wrong = faultsIn(document);
    faults.push(...wrong.map((fault) => `${where} ${fault}`));
    const written = document.value as CompatibilityConfig; // as it was just found to be
    if (wrong.length === 0) books.set(service, resolveCompatibility(written, where));
  }
  if (faults.length > 0) throw new BadInput(faults.slice(0, MOST_FAULTS));
  return books;
}

function faultsIn({ value, faults, lineOf }: ReturnType<typeof readDocument>): string[] {
  if (faults.length > 0) return faults.map(({ message }) => message);
  check ??= compileCheck(COMPATIBILITY);
  return check(value).map(({ path, message }) => `line ${lineOf(path)}: ${path} ${message}`);
}
