/** Pushes as their hosts tell of them, and the listeners that hear of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Host, send, sinkOf } from '../../fuzz/pushes/installed.ts';

export const COMMIT = '6113728f27ae82c7b1a177c8d03f9e96e0adf246';
export const ZERO = '0'.repeat(40);
const LIST = (prefix: string) => `
repositories:
  ${prefix}/payment-service: {}
  ${prefix}/mono:
    concurrency: supersede
    services:
      cart: [services/cart/, libs/money]
      checkout: [services/checkout/, libs/money]
  ${prefix}/early:
    branch: release/trunk
    preReleases: true
    forced: true
    services: { early: [] }
  ${prefix}/Odd_Name.js:
    concurrency: refuse
    services: { odd-name: [] }
`;

export type Payload = ReturnType<typeof JSON.parse>;
const base = (name: string): Payload =>
  JSON.parse(readFileSync(join(import.meta.dirname, `payloads/${name}.json`), 'utf8'));
/** The payload after `change` has been made to it. */
export const of = (name: string, change: (body: Payload) => void = () => undefined): Payload => {
  const body = base(name);
  change(body);
  return body;
};
export const hub = (change: (body: Payload) => void) => of('github-push', change);
export const tagged = (tag: string, more: (body: Payload) => void = () => undefined) =>
  of('github-tag', (body) => {
    body.ref = `refs/tags/${tag}`;
    more(body);
  });
export const changing = (repository: string, ...files: string[]) =>
  hub((body) => {
    body.repository.full_name = repository;
    body.commits[0].modified = files;
  });

/** What is released, as `service@tag`; a pattern of the line that says why nothing is; or silence. */
export type Comes = readonly string[] | RegExp | 'silence';
export type Row = readonly [string, Host, string, Payload, Comes];

const PREFIX: Readonly<Record<Host, string>> = {
  github: 'shop',
  gitlab: 'shop/backend',
  bitbucket: 'shop',
  gitea: 'shop',
};
const sinks = new Map(
  (['github', 'gitlab', 'bitbucket', 'gitea'] as const).map((host) => [
    host,
    sinkOf(host, LIST(PREFIX[host])),
  ]),
);

export function created(host: Host, event: string, body: Payload) {
  const sink = sinks.get(host);
  if (!sink) throw new Error(`no listener of ${host}`);
  return send(sink, host, event, body);
}
