// What is told of an answer that refuses: the API server's own words, and nothing of anybody else's.
import { expect, test } from '@jest/globals';
import { wallClock } from '../../../effects/base/clock.ts';
import { createKube } from '../../../effects/kube/client.ts';
import type { Transport } from '../../../effects/kube/transport.ts';

const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.c2VjcmV0.c2lnbmF0dXJl';

async function told(text: string): Promise<string> {
  const answer = { status: 403, retryAfterMs: undefined, text };
  const transport: Transport = { send: async () => answer, stream: async () => answer };
  const kube = createKube(transport, wallClock, new AbortController().signal);
  return kube.text('/version').then(
    () => 'nothing',
    (thrown: Error) => thrown.message,
  );
}

test('the API server is quoted', async () => {
  const status = { kind: 'Status', apiVersion: 'v1', message: 'pods "p" is forbidden', code: 403 };
  expect(await told(JSON.stringify(status))).toBe(
    'GET /version: status 403: pods "p" is forbidden'.replaceAll('"', "'"),
  );
});

test.each([
  ['a page that repeats the request', `<html>Authorization: Bearer ${TOKEN}</html>`],
  ['JSON of somebody else', JSON.stringify({ message: `no route for ${TOKEN}` })],
  ['a text', TOKEN],
  ['a list', JSON.stringify([TOKEN])],
  ['nothing', ''],
])('%s is not: only its length', async (_what, text) => {
  expect(await told(text)).toBe(
    `GET /version: status 403: the answer is no Status of the API server, but ${text.length} characters of something else`,
  );
});
