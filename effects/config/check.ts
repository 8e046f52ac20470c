/**
 * Holds a written document against a schema, and says all that is wrong with it in plain words. What
 * was written is never repeated: a config is whatever a repository made of it, and may be a link to a
 * secret. Paths, types and what would be right are told.
 */
import { Ajv, type ErrorObject } from 'ajv';
import { closest, distance } from 'fastest-levenshtein';
import type { ConfigIssue } from '../../core/base/config-issue.ts';
import { parseDurationMs } from '../../core/base/duration.ts';
import { foreignText, kindOf, wordOrKind } from '../../core/base/foreign-text.ts';
import { parseFactor, parseShare } from '../../core/base/share.ts';
import { isWorkspacePath, NO_WORKSPACE_PATH } from '../../core/config/workspace-path.ts';
import { timeOf } from '../../core/kubernetes/time.ts';
import { isSchedule, isTimeZone } from '../expressions/schedule.ts';
import { isVersion, isVersionRange } from '../expressions/versions.ts';

export type Check = (document: unknown) => readonly ConfigIssue[];

/** More typing errors than this make it another word. */
const NEAR = 3;
/** No key and no word of a config is longer; what is, is not compared with any. */
const LONGEST_WORD = 64;

const FORMATS = {
  duration: (text: string) => parseDurationMs(text) !== undefined,
  share: (text: string) => parseShare(text) !== undefined,
  'count-or-share': (text: string) => /^\d+%?$/.test(text),
  factor: (text: string) => parseFactor(text) !== undefined,
  file: isWorkspacePath,
  schedule: isSchedule,
  'time-zone': isTimeZone,
  'utc-time': (text: string) => timeOf(text) !== undefined,
  version: isVersion,
  'version-range': isVersionRange,
};

const EXAMPLES: Readonly<Record<string, string>> = {
  duration: 'is not a duration: write 90s, 5m or 1h30m',
  share: 'is not a share: write 5% or 0.05',
  'count-or-share': 'must be a whole number or a percentage',
  factor: 'is not a multiple: write 2x or 0.9x',
  file: `names a file: it ${NO_WORKSPACE_PATH}`,
  schedule: 'is not a schedule of five fields: write "0 18 * * FRI"',
  'time-zone': 'is not the name of a time zone, such as Europe/Berlin',
  'utc-time': 'is not a time in UTC: write 2026-12-20T00:00:00Z',
  version: 'is not a version such as 3.7.0',
  'version-range': 'is not a range of versions: write ">=2.3 <4", "^1.8" or "1.9.x"',
};

export function compileCheck(schema: object): Check {
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, verbose: true, formats: FORMATS });
  const validate = ajv.compile(schema);
  return (document) => {
    if (validate(document)) return [];
    return (validate.errors ?? []).flatMap(faultOf);
  };
}

/** The nearest of the known words, where one is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  if (known.length === 0 || word.length > LONGEST_WORD) return '';
  const best = closest(word, [...known]);
  const near = distance(word, best) <= Math.min(NEAR, Math.ceil(word.length / 2));
  return near ? `; did you mean ${best}?` : '';
}

function faultOf(error: ErrorObject): ConfigIssue[] {
  const path = foreignText(error.instancePath || '/');
  const message = (text: string): ConfigIssue[] => [{ path, message: text }];
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(error.params.additionalProperty);
      const known = Object.keys(error.parentSchema?.properties ?? {});
      const parent = foreignText(error.instancePath);
      const shown = wordOrKind(key);
      return [
        { path: `${parent}/${shown}`, message: `is not a known key${didYouMean(key, known)}` },
      ];
    }
    case 'enum': {
      const values: readonly unknown[] = error.params.allowedValues;
      const allowed = values.map(String);
      const suggestion = didYouMean(String(error.data), allowed);
      return message(`must be one of ${allowed.join(', ')}${suggestion}`);
    }
    case 'const':
      return message(`must be ${JSON.stringify(error.params.allowedValue)}`);
    case 'required':
      // Of a choice between keys, the choice itself is what is wrong.
      if (error.schemaPath.includes('/oneOf/')) return [];
      return message(`lacks ${error.params.missingProperty}`);
    case 'oneOf':
      return message(`needs exactly one of ${choicesOf(error).join(' and ')}`);
    case 'format':
      return message(EXAMPLES[String(error.params.format)] ?? 'is not of the right form');
    case 'type':
      return message(
        `must be ${[error.params.type].flat().join(' or ')}, is ${kindOf(error.data)}`,
      );
    case 'dependencies':
      return message(`lacks ${error.params.missingProperty}, which ${error.params.property} needs`);
    case 'maxItems':
      return message(`has more than ${error.params.limit} entries`);
    case 'pattern':
      return message(`does not match ${error.params.pattern}`);
    default:
      return message(error.message ?? 'is not allowed');
  }
}

function choicesOf(error: ErrorObject): string[] {
  const choices = error.schema as { required?: string[] }[]; // our own schemas choose between keys
  return choices.flatMap(({ required = [] }) => required);
}
