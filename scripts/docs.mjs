// Writes the pages of docs/, and the manifests, that are made from manifests and programs; `--check` only tells which of
// them are not as they would be written now.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboards } from './docs/dashboards.mjs';
import { endsPage } from './docs/ends.mjs';
import { logEventsPage } from './docs/log-events.mjs';
import { migrationLinterPage } from './docs/migration-linter.mjs';
import { permissionsPage } from './docs/permissions.mjs';
import { prometheusRule } from './docs/prometheus-rule.mjs';
import { referencePage } from './docs/reference.mjs';
import { ROOT } from './docs/source.mjs';

const PAGES = {
  'docs/ends.md': await endsPage(),
  'docs/log-events.md': await logEventsPage(),
  'docs/migration-linter.md': await migrationLinterPage(),
  'docs/permissions.md': permissionsPage(),
  'docs/reference.md': await referencePage(),
  'manifests/monitoring/prometheus-rule.yaml': prometheusRule(),
  ...dashboards(),
};

const onlyCheck = process.argv.includes('--check');
for (const [path, text] of Object.entries(PAGES)) {
  if (!onlyCheck) writeFileSync(join(ROOT, path), text);
  else if (readFileSync(join(ROOT, path), 'utf8') !== text) {
    process.stderr.write(`${path} is not what its sources say: run npm run docs\n`);
    process.exitCode = 1;
  }
}
