/** The releases in journals that somebody has saved: `kubectl get configmaps -o json`, one or a list. */
import { readFile } from 'node:fs/promises';
import { foreignText } from '../../core/base/foreign-text.ts';
import { jsonOf } from '../../core/base/json.ts';
import { serviceOfJournal } from '../../core/journal/journal.ts';
import { readJournal } from '../../core/journal/read-journal.ts';
import { type AuditEntry, auditEntries } from '../../core/report/audit/entry.ts';
import { BadInput, messageOf } from '../../effects/base/failure.ts';

/** By the time of their end, oldest first. Throws BadInput with every journal that cannot be read. */
export async function entriesIn(path: string): Promise<readonly AuditEntry[]> {
  const text = await readFile(path, 'utf8').catch((thrown: unknown) => {
    throw new BadInput([`cannot read ${path}: ${messageOf(thrown)}`]);
  });
  const parsed = Object(jsonOf(text));
  const items: unknown = Array.isArray(parsed.items) ? parsed.items : [parsed];
  const faults: string[] = [];
  const entries = (items as readonly unknown[]).flatMap((item) => {
    // a list, as it was just made
    const { metadata, data } = Object(item);
    const { name, namespace } = Object(metadata);
    const service = serviceOfJournal(String(name));
    // Other ConfigMaps may be among them.
    if (service === undefined) return [];
    const journal = readJournal(Object(data));
    if (typeof journal !== 'string') {
      return auditEntries({ namespace: String(namespace ?? 'default'), service }, journal);
    }
    faults.push(`${path}: ConfigMap ${foreignText(String(name))}: ${journal}`);
    return [];
  });
  if (faults.length > 0) throw new BadInput(faults);
  if (entries.length === 0)
    throw new BadInput([`${path} has no journal of a release that has ended`]);
  return entries.toSorted((one, other) => (one.ended < other.ended ? -1 : 1));
}
