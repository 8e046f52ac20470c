// A release config leads a stage where its author could not go himself: what is not allowed is not asked.
import { describe, expect, test } from '@jest/globals';
import {
  addressIssue,
  bareHost,
  type Destinations,
  hostAllowed,
  loadDestinations,
  urlIssue,
} from '../../../effects/context/destinations.ts';
import { addressedAsk, guardedAsk, guardedPost } from '../../../effects/context/guarded-request.ts';
import type { HttpRequest } from '../../../effects/http/http.ts';
import { KubeError } from '../../../effects/kube/refusal.ts';

const TO: Destinations = {
  namespaces: ['shop'],
  hosts: ['hooks.example.com', '*.Trusted.example'],
  networks: ['10.1.0.0/16', '127.0.0.8/32', 'fd00::/8'],
};

describe('a URL may be asked', () => {
  test.each([
    'http://pay',
    'https://pay.shop:8080/x',
    'http://pay.shop.svc',
    'http://pay.shop.svc.cluster.local.',
    'https://hooks.example.com/x',
    'https://HOOKS.example.com',
    'https://a.b.trusted.example',
    'http://10.1.2.3',
    'http://[fd00::1]:80',
  ])('%s', (url) => {
    expect(urlIssue(url, TO)).toBeUndefined();
  });
});

describe('a URL may not be asked', () => {
  test.each([
    ['pay', 'is not a URL'],
    ['ftp://pay', 'must be http or https'],
    ['http://user@pay', 'must not name a user or a password'],
    ['http://:pass@pay', 'must not name a user or a password'],
    ['http://10.2.0.1', 'names the address 10.2.0.1, which is in none of the networks'],
    ['http://[fe80::1]', 'names the address fe80::1, which is in none'],
    ['http://pay.bank', "in a namespace that is not the service's own"],
    ['http://kubernetes', 'which no metric and no message is for'],
    ['http://kubernetes.shop', 'which no metric and no message is for'],
    ['http://localhost', 'which no metric and no message is for'],
    ['http://pay.localhost', 'which no metric and no message is for'],
    ['https://other.example.com', 'which ConfigMap zero-downtime-destinations does not allow'],
    ['https://trusted.example', 'does not allow'],
    ['https://nottrusted.example', 'does not allow'],
    ['https://hooks.example.com.evil.org', 'does not allow'],
  ])('%s', (url, why) => {
    expect(urlIssue(url, TO)).toContain(why);
  });
});

test.each([
  ['[::1]', '::1'],
  ['pay.', 'pay'],
  ['pay', 'pay'],
])('the host %s is %s', (hostname, bare) => {
  expect(bareHost(hostname)).toBe(bare);
});

test.each([
  ['hooks.example.com', true],
  ['x.trusted.example', true],
  ['pay', false],
  ['[fd00::1]', true],
  ['10.2.0.1', false],
])('the host %s is allowed wherever it is: %p', (host, expected) => {
  expect(hostAllowed(host, TO)).toBe(expected);
});

test.each([
  ['127.0.0.1', 'its name leads to 127.0.0.1, which is in none'],
  ['169.254.169.254', 'its name leads to 169.254.169.254'],
  ['127.0.0.8', undefined],
  ['93.184.216.34', undefined],
])('an answer of DNS of %s: %s', (address, why) => {
  const issue = addressIssue(address, TO);
  if (why === undefined) expect(issue).toBeUndefined();
  else expect(issue).toContain(why);
});

describe('what the installer allows', () => {
  const kubeOf = (answer: () => unknown) => ({
    get: async <T>(target: object) => {
      expect(target).toEqual({
        ...{ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'zero-downtime' },
        name: 'zero-downtime-destinations',
      });
      return answer() as T;
    },
  });
  const load = (answer: () => unknown) => loadDestinations(kubeOf(answer), 'zero-downtime', 'shop');
  const written = (text: string) => load(() => ({ data: { 'destinations.yaml': text } }));

  test('comes beside the own namespace', async () => {
    const text = 'namespaces: [bank]\nhosts: ["*"]\nnetworks: [10.0.0.0/8]';
    expect(await written(text)).toEqual({
      ...{ namespaces: ['shop', 'bank'], hosts: ['*'], networks: ['10.0.0.0/8'] },
    });
  });

  test.each<[string, () => unknown]>([
    ['without a ConfigMap', () => undefined],
    ['of one that says nothing', () => ({ data: {} })],
    [
      'where it may not be looked at',
      () => {
        throw new KubeError(403, 'forbidden', 3);
      },
    ],
  ])('%s is nothing more', async (_what, answer) => {
    expect(await load(answer)).toEqual({ namespaces: ['shop'], hosts: [], networks: [] });
  });

  test('is not made up where the API does not answer', async () => {
    const failed = load(() => {
      throw new KubeError(500, 'broken', 3);
    });
    await expect(failed).rejects.toThrow('broken');
  });

  test.each([
    ['hosts: x', 'destinations.yaml: hosts must be a list of texts'],
    ['namespaces: [1]', 'destinations.yaml: namespaces must be a list of texts'],
    ['networks: [10.0.0.1]', 'destinations.yaml: networks must be CIDR blocks: 10.0.0.0/8'],
    ['hosts: [', 'ConfigMap zero-downtime-destinations, destinations.yaml: '],
  ])('that says %s is not understood, and nothing is guessed', async (text, why) => {
    await expect(written(text)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining(why),
    });
  });
});

describe('a request', () => {
  const asked: HttpRequest[] = [];
  const ask = async (request: HttpRequest) => {
    asked.push(request);
    return { kind: 'failed', why: 'asked', headers: new Map() } as const;
  };
  const to = async () => TO;
  const request = (url: string): HttpRequest => ({ method: 'GET', url, timeoutMs: 1 });
  const whyOf = async (answer: Promise<object>) => (await answer) as { why?: string };

  test('that may be asked is, with a look at what DNS answers', async () => {
    asked.length = 0;
    expect((await whyOf(guardedAsk(ask, to)(request('http://pay')))).why).toBe('asked');
    expect(asked).toEqual([{ ...request('http://pay'), lookup: expect.any(Function) }]);
  });

  test.each([
    ['http://pay.bank', 'not asked: the URL leads to pay.bank, in a namespace'],
    ['http://10.2.0.1', 'not asked: the URL names the address 10.2.0.1'],
  ])('to %s is an answer that failed', async (url, why) => {
    asked.length = 0;
    expect((await whyOf(guardedAsk(ask, to)(request(url)))).why).toContain(why);
    expect(asked).toEqual([]);
  });

  test('is not made as long as no one knows what is allowed', async () => {
    asked.length = 0;
    const unknown = async () => {
      throw new Error('no answer of the API');
    };
    const answer = await whyOf(guardedAsk(ask, unknown)(request('http://pay')));
    expect(answer.why).toBe('not asked: no answer of the API');
    expect(asked).toEqual([]);
  });

  test.each([
    ['https://registry.anywhere', 'asked'],
    ['https://10.1.0.1', 'asked'],
    ['https://127.0.0.1', 'not asked: its name leads to 127.0.0.1'],
    ['nothing', 'not asked: its name is no host'],
  ])('for an image from %s: %s', async (url, why) => {
    expect((await whyOf(addressedAsk(ask, to)(request(url)))).why).toContain(why);
  });
});

describe('a mail', () => {
  const posted: object[] = [];
  const post = guardedPost(
    async (request) => {
      posted.push(request);
      return { status: 250, why: '' };
    },
    async () => ({ ...TO, hosts: ['*'], networks: ['127.0.0.0/8'] }),
  );
  const mail = (url: string) =>
    ({ mail: { url }, timeoutMs: 1 }) as unknown as Parameters<typeof post>[0];

  test('goes to the address that was looked at', async () => {
    posted.length = 0;
    expect(await post(mail('smtp://127.0.0.1:25'))).toEqual({ status: 250, why: '' });
    expect(posted).toEqual([{ ...mail('smtp://127.0.0.1:25'), address: '127.0.0.1' }]);
  });

  test.each([
    ['https://mail', 'not asked: it is no URL of smtp'],
    ['mail', 'not asked: it is no URL of smtp'],
    ['smtps://10.2.0.1', 'not asked: the URL names the address 10.2.0.1'],
  ])('to %s is sent to no one, now or later', async (url, why) => {
    posted.length = 0;
    const answer = await post(mail(url));
    expect(answer).toMatchObject({ status: undefined, isFinal: true });
    expect(answer.why).toContain(why);
    expect(posted).toEqual([]);
  });
});
