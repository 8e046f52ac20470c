/** Holds a written document against a schema, and says all that is wrong with it in plain words. */
import { Ajv, type ErrorObject } from 'ajv';
import { closest, distance } from 'fastest-levenshtein';
import type { ConfigFault } from '../../core/config/fault.ts';
import { parseDurationMs } from '../../core/duration.ts';
import { parseFactor, parseShare } from '../../core/share.ts';

export type Check = (document: unknown) => readonly ConfigFault[];

/** More typing errors than this make it another word. */
const NEAR = 3;

const FORMATS = {
  duration: (text: string) => parseDurationMs(text) !== undefined,
  share: (text: string) => parseShare(text) !== undefined,
  'count-or-share': (text: string) => /^\d+%?$/.test(text),
  factor: (text: string) => parseFactor(text) !== undefined,
};

const EXAMPLES: Readonly<Record<string, string>> = {
  duration: 'is no duration: write 90s, 5m or 1h30m',
  share: 'is no share: write 5% or 0.05',
  'count-or-share': 'is neither a whole number nor a percentage',
  factor: 'is no multiple: write 2x or 0.9x',
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
  if (known.length === 0) return '';
  const best = closest(word, [...known]);
  const near = distance(word, best) <= Math.min(NEAR, Math.ceil(word.length / 2));
  return near ? `; did you mean ${best}?` : '';
}

function faultOf(error: ErrorObject): ConfigFault[] {
  const path = error.instancePath || '/';
  const value = JSON.stringify(error.data);
  const message = (text: string): ConfigFault[] => [{ path, message: text }];
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(error.params.additionalProperty);
      const known = Object.keys(error.parentSchema?.properties ?? {});
      const suggestion = didYouMean(key, known);
      return [{ path: `${error.instancePath}/${key}`, message: `is no known key${suggestion}` }];
    }
    case 'enum': {
      const allowed = (error.params.allowedValues as unknown[]).map(String); // of the enum keyword
      const suggestion = didYouMean(String(error.data), allowed);
      return message(`${value} is none of ${allowed.join(', ')}${suggestion}`);
    }
    case 'const':
      return message(`is ${value}, must be ${JSON.stringify(error.params.allowedValue)}`);
    case 'required':
      // Of a choice between keys, the choice itself is what is wrong.
      if (error.schemaPath.includes('/oneOf/')) return [];
      return message(`lacks ${error.params.missingProperty}`);
    case 'oneOf':
      return message(`needs exactly one of ${choicesOf(error).join(' and ')}`);
    case 'format':
      return message(`${value} ${EXAMPLES[String(error.params.format)]}`);
    case 'type':
      return message(`${value} is no ${[error.params.type].flat().join(' or ')}`);
    case 'pattern':
      return message(`${value} does not match ${error.params.pattern}`);
    default:
      return message(`${value} ${error.message}`);
  }
}

function choicesOf(error: ErrorObject): string[] {
  const choices = error.schema as { required?: string[] }[]; // our own schemas choose between keys
  return choices.flatMap(({ required = [] }) => required);
}
