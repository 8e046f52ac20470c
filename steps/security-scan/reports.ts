/** Writes the verdict for others: programs, code hosts, pull requests. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jsonReport } from '../../core/security/outputs/json.ts';
import { markdownReport } from '../../core/security/outputs/markdown.ts';
import { sarifReport } from '../../core/security/outputs/sarif.ts';
import type { ScanReport } from '../../core/security/outputs/scan-report.ts';

const RENDERINGS = {
  'security-scan.json': jsonReport,
  'security-scan.sarif': sarifReport,
  'security-scan.md': markdownReport,
} as const;

/** `folder` empty: no one has asked for them. */
export async function writeReports(folder: string, report: ScanReport): Promise<void> {
  if (folder === '') return;
  await mkdir(folder, { recursive: true });
  for (const [name, render] of Object.entries(RENDERINGS)) {
    await writeFile(join(folder, name), render(report));
  }
}
