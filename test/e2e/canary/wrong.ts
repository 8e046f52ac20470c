/** Each of what a person could get wrong near a secret, and what shows that it was reached. */
import { join } from 'node:path';
import type { Stage } from '../support/stage.ts';

export interface Near {
  /** The secret in a release config. */
  readonly own: string;
  /** The address of who tells secrets in every answer. */
  readonly elsewhere: string;
  /** A folder with secrets in files. */
  readonly files: string;
}

export interface Wrong {
  /** What shows that it was reached. */
  readonly says: RegExp;
  readonly config?: string;
  readonly stage?: Stage;
  readonly options?: Readonly<Record<string, string>>;
}

const metric = (what: string): string => `analysis: {metrics: [{name: m, ${what}}]}`;

/** Each of what a person could get wrong near a secret. */
export function wrongInput({ own, elsewhere, files }: Near): Readonly<Record<string, Wrong>> {
  const json = (path: string): string =>
    metric(`provider: http-json, url: "${elsewhere}/json/${path}", path: $.value, max: 1`);
  const prometheus = (file: string): string =>
    `analysis: {providers: {prometheus: {address: "${elsewhere}/other", tokenFile: ${file}}}, metrics: [{name: m, provider: prometheus, query: x, max: 1}]}`;
  return {
    'a key that is none': { says: /is not a known key/, config: `"${own}": 1` },
    'a key that is there twice': {
      says: /error=/,
      config: `limits: {}\nlimits: {maxDuration: "${own}"}`,
    },
    'a file that is no YAML': { says: /error=/, config: `limits: [${own}: {` },
    'a condition with a word that is none': {
      says: /successCondition/,
      config: json('good').replace('max: 1', `successCondition: '${own} > 1.0'`),
    },
    'a path that leads nowhere': {
      says: /metric=m unmeasurable/,
      config: json('good').replace('$.value', `$.${own}`),
    },
    'a value of another type': {
      says: /limits must be object, is a text of 28 characters/,
      config: `limits: "${own}"`,
    },
    'a duration that is none': {
      says: /is not a duration/,
      config: `limits: {maxDuration: "${own}"}`,
    },
    'a word that is none': { says: /must be one of rolling/, config: `strategy: {type: "${own}"}` },
    'a query that is none': {
      says: /is not valid PromQL/,
      config: prometheus('prometheus-token').replace('query: x', `query: 'x{${own}'`),
    },
    'a path that is none': {
      says: /is not a JSONPath/,
      config: json('good').replace('$.value', `'$[${own}'`),
    },
    'a condition that is none': {
      says: /successCondition/,
      config: json('good').replace('max: 1', `successCondition: 'result > ${own} +'`),
    },
    'an address that is not allowed': {
      says: /must not name a user or a password/,
      config: json('good').replace(elsewhere, `http://u:${own}@169.254.169.254`),
    },
    'text where a number should be': {
      says: /must be a number, is a text of 28 characters/,
      config: json('text'),
    },
    'a document that is none': { says: /the answer is not valid JSON/, config: json('broken') },
    'a server in trouble': { says: /answered 502/, config: json('trouble') },
    'a Prometheus in trouble that repeats the token': {
      says: /answered 502/,
      config: prometheus('prometheus-token'),
    },
    'a token file outside': {
      says: /tokenFile .* must be a path inside its workspace/,
      config: prometheus('../outside'),
    },
    'a link for a token file': {
      says: /tokenFile link: is a symbolic link/,
      config: prometheus('link'),
    },
    'a token file that is not there': {
      says: /tokenFile lost: is not there/,
      config: prometheus('lost'),
    },
    'an address file that holds none': {
      says: /outcome=passed/,
      config: 'notifications: [{type: webhook, urlFile: hook-that-is-none}]',
    },
    'a config that is a link': {
      says: /is a symbolic link that leads out/,
      options: { 'config-dir': files, 'config-path': 'link' },
    },
    'a config that is another file': {
      says: /is not a release config/,
      options: { 'config-dir': files, 'config-path': 'other' },
    },
    'a login that is not valid JSON': {
      says: /is not a Docker config/,
      options: { 'registry-credentials-dir': join(files, 'broken') },
    },
    'a login that is wrong': {
      says: /answered 401/,
      options: { 'registry-credentials-dir': join(files, 'wrong') },
    },
    'a tag that there is not': {
      says: /does not exist in registry/,
      options: { 'image-tag': 'v99' },
    },
    'a journal that somebody has edited': {
      says: /cannot be read: journal\.json/,
      stage: 'operate',
      options: { service: 'odd', command: 'status' },
    },
    'an order where the journal is edited': {
      says: /cannot be read: journal\.json/,
      stage: 'operate',
      options: { service: 'odd', command: 'abort' },
    },
    'a release where the journal is edited': {
      says: /cannot be read: journal\.json/,
      stage: 'deploy',
      options: { service: 'odd' },
    },
    'an end where the journal is edited': {
      says: /cannot be read: journal\.json/,
      stage: 'conclude',
      options: { service: 'odd' },
    },
  };
}
