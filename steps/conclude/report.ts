/** Writes the record as a page where somebody wants it. A page that cannot be written changes nothing. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordOf } from '../../core/journal/journal.ts';
import { recordPage } from '../../core/report/page.ts';
import { messageOf } from '../../effects/base/failure.ts';
import type { StageContext } from '../../effects/context/stage-context.ts';
import { peekJournal } from '../../effects/ownership/journal/journal.ts';
import type { ReleaseSubject } from '../../effects/ownership/lease/lease.ts';

export async function writeReport(
  { kube, log }: StageContext,
  { release, service, namespace }: ReleaseSubject,
  folder: string,
): Promise<void> {
  if (folder === '') return;
  const path = join(folder, `${release}.html`);
  try {
    const journal = await peekJournal(kube, namespace, service);
    if (journal.current?.plan.release !== release) return;
    await writeFile(path, recordPage(journal.current, recordOf(journal, release)));
    log.event({ event: 'report', report: path });
  } catch (thrown) {
    log.event({ event: 'report', report: 'failed', reason: messageOf(thrown) });
  }
}
