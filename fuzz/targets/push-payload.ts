/**
 * What a push tells, through the rules of the EventListener that `make install` writes. Which runs come
 * of it is held against the installer's list, and every parameter of a run against what it may be.
 */
import type { DraftObject } from '../../embedded-cluster/kubernetes/store/object.ts';
import { linesOf, paramsOf, runsOf, send, sinkOf } from '../pushes/installed.ts';
import { insist, type Target } from '../target.ts';

const HOSTS = ['github', 'gitlab', 'bitbucket', 'gitea'] as const;
const LIST = `
repositories:
  shop/payment-service: {}
  shop/mono:
    concurrency: supersede
    services:
      cart: [services/cart/, libs/money]
      checkout: [services/checkout/, libs/money]
  shop/early: { branch: release/trunk, preReleases: true, forced: true, services: { early: [] } }
`;
/** By service: the repository that it is released from, and what its tags look like. */
const RELEASED: Readonly<Record<string, { from: string; tag: RegExp }>> = {
  'payment-service': { from: 'shop/payment-service', tag: /^v\d+(\.\d+)*$/ },
  cart: { from: 'shop/mono', tag: /^v\d+(\.\d+)*$/ },
  checkout: { from: 'shop/mono', tag: /^v\d+(\.\d+)*$/ },
  early: { from: 'shop/early', tag: /^v\d[\w.-]{0,126}$/ },
};
const COMMIT = /^(?!0+$)[0-9a-f]{40}([0-9a-f]{24})?$/;
const RUN_NAME = /^deploy-[a-z0-9]([-a-z0-9]{0,54}[a-z0-9])?$/;

const sinks = new Map<string, ReturnType<typeof sinkOf>>();

/** As a host sends it: its first line names host and event, what follows is the body. */
export const pushPayload: Target = {
  name: 'push-payload',
  form: 'text',
  words: [
    ...['refs/heads/main', 'refs/tags/v1.2.0', 'refs/tags/v2.0.0-rc.1', 'refs/heads/release/trunk'],
    ...[
      'shop/payment-service',
      'shop/mono',
      'shop/early',
      'mallory/payment-service',
      'services/cart/',
    ],
    ...[
      'gh-readonly-queue/main/pr-1',
      '0'.repeat(40),
      'a'.repeat(40),
      'forced',
      'deleted',
      'created',
    ],
    ...["' || true || '", '$(extensions.tag)', '$(body.ref)', '"}}', 'before', 'after', 'commits'],
  ],
  prepare: () => {
    for (const host of HOSTS) sinks.set(host, sinkOf(host, LIST));
  },
  read: (input) => {
    const [head = '', ...rest] = input.split('\n');
    const [host, ...event] = head.split(' ');
    const known = HOSTS.find((each) => each === host);
    const sink = known && sinks.get(known);
    const body = parsed(rest.join('\n'));
    if (!sink || body === undefined) return [];
    const created = send(sink, known, event.join(' '), body);
    for (const run of runsOf(created)) checkRun(run, JSON.stringify(body));
    insist(runsOf(created).length <= 2, 'more runs than the repository has services');
    return linesOf(created);
  },
};

/** No host sends anything but an object: the signature says that it was the host. */
function parsed(text: string): object | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? body : undefined;
  } catch {
    return undefined;
  }
}

function checkRun(run: DraftObject, body: string): void {
  const params = paramsOf(run);
  const { 'service-name': service = '', 'image-tag': tag = '', concurrency = '' } = params;
  const released = RELEASED[service];
  insist(released !== undefined, 'a run of a service that no repository of the list releases');
  if (!released) return;
  const names = released.from.split('/').every((part) => body.includes(part)); // not all hosts join them
  insist(names, 'a run for a repository that the push does not name');
  const { name = '', annotations = {} } = run.metadata;
  insist(RUN_NAME.test(name), 'a run whose name is not one');
  insist(released.tag.test(tag) || COMMIT.test(tag), 'a tag that the list does not allow');
  insist(['queue', 'supersede', 'refuse'].includes(concurrency), 'an unknown concurrency');
  insist(
    COMMIT.test(annotations['release.zero-downtime.dev/revision'] ?? ''),
    'a revision that is no commit',
  );
  const from = annotations['release.zero-downtime.dev/repository'];
  insist(from === released.from, 'a run that is said to come from elsewhere');
}
