/**
 * Findings as SARIF 2.1.0, for pull requests
 * (https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html). What a comment allows is told
 * as suppressed, with its reason.
 */
import type { FileReport, Finding } from '../finding.ts';
import { STATEMENT_RULES } from '../rules/registry.ts';
import type { Severity } from '../rules/rule.ts';
import { TEXT_RULES } from '../rules/text-rules.ts';

const LEVELS: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  note: 'note',
};

interface Described {
  readonly id: string;
  readonly severity: Severity;
  readonly what: string;
  readonly instead: string;
}

const DESCRIBED: readonly Described[] = [
  ...STATEMENT_RULES,
  ...Object.entries(TEXT_RULES).map(([id, said]) => ({ id, ...said })),
];

/** `version`: of this program. Names of files are paths from where it was started. */
export function sarifReport(files: readonly FileReport[], version: string): string {
  const rules = DESCRIBED.map(({ id, severity, what, instead }) => ({
    id,
    shortDescription: { text: what },
    help: { text: instead },
    defaultConfiguration: { level: LEVELS[severity] },
  }));
  const run = {
    tool: { driver: { name: 'zero-downtime-migration-linter', version, rules } },
    columnKind: 'utf16CodeUnits',
    results: files.flatMap(({ name, findings }) => findings.map((each) => result(name, each))),
  };
  return `${JSON.stringify({ $schema: SCHEMA, version: '2.1.0', runs: [run] }, null, 2)}\n`;
}

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

function result(name: string, finding: Finding): unknown {
  const { rule, severity, position, seen, instead, allowed } = finding;
  const region = { startLine: position.line, startColumn: position.column };
  return {
    ruleId: rule,
    ruleIndex: DESCRIBED.findIndex(({ id }) => id === rule),
    level: LEVELS[severity],
    message: { text: `${seen}. Instead: ${instead}` },
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(name) }, region } }],
    ...(allowed === undefined
      ? {}
      : { suppressions: [{ kind: 'inSource', justification: allowed }] }),
  };
}

function uriOf(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
