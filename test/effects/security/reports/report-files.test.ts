// A report is a file of its folder, and nothing that a link leads to.
import { mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { FileRefused } from '../../../../effects/base/workspace-file.ts';
import { openReport } from '../../../../effects/security/reports/read-report.ts';
import { reportFilesIn } from '../../../../effects/security/reports/report-files.ts';

test('those of a folder are found by their ending, and what leads out of it is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'evidence-'));
  await writeFile(join(folder, 'b.json'), '{"SchemaVersion": 2, "Results": []}');
  await writeFile(join(folder, 'trust-root.json'), '{}');
  await writeFile(join(folder, 'notes.txt'), '');
  await symlink('/etc/passwd', join(folder, 'a.json'));
  const [a, b, ...others] = await reportFilesIn(folder, (file) => file === 'trust-root.json');
  if (!a || !b) throw new Error('two reports were expected');
  expect([a.name, b.name, others]).toEqual(['a.json', 'b.json', []]);
  await expect(openReport(a)).rejects.toThrow(FileRefused);
  expect(await openReport(b)).toMatchObject({ kind: 'opened', head: { scanner: 'trivy' } });
});
