// Where a release config may send a stage: nowhere but to its own namespace and where the installer says.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  addressIssue,
  type Destinations,
  loadDestinations,
  refuseDestinations,
  urlIssue,
} from '../../../effects/context/destinations.ts';
import { guardedAsk } from '../../../effects/context/guarded-request.ts';
import { askOverNetwork } from '../../../effects/http/http.ts';
import { KubeError } from '../../../effects/kube/refusal.ts';
import { settingsFor } from '../../core/support/play.ts';

const OWN: Destinations = { namespaces: ['shop'], hosts: [], networks: [] };
const MORE: Destinations = {
  namespaces: ['shop', 'monitoring'],
  hosts: ['hooks.example.com', '*.metrics.example'],
  networks: ['10.1.0.0/16', '127.0.0.0/8'],
};

describe('a URL of a config', () => {
  test.each([
    'http://prometheus:9090',
    'http://prometheus.shop/x',
    'https://prometheus.shop.svc:9090/api',
    'http://prometheus.shop.svc.cluster.local.',
  ])('may lead to the own namespace: %s', (url) => {
    expect(urlIssue(url, OWN)).toBeUndefined();
  });

  test.each([
    ['http://169.254.169.254/latest/meta-data/', 'names the address 169.254.169.254'],
    ['http://[fd00:ec2::254]/', 'names the address'],
    ['http://[::ffff:169.254.169.254]/', 'names the address'],
    ['http://2852039166/', 'names the address 169.254.169.254'],
    ['http://0x7f.1/', 'names the address 127.0.0.1'],
    ['http://127.0.0.1:10250/pods', 'names the address 127.0.0.1'],
    ['http://[::1]:2379/', 'names the address ::1'],
    ['http://0/', 'names the address 0.0.0.0'],
    ['http://10.1.2.3/', 'names the address 10.1.2.3'],
    ['http://localhost:8080/', 'leads to localhost'],
    ['http://x.localhost/', 'leads to x.localhost'],
    ['https://kubernetes/api', 'leads to kubernetes'],
    ['https://kubernetes.default.svc/api', 'leads to kubernetes.default.svc'],
    ['https://kubernetes.shop/api', 'leads to kubernetes.shop'],
    [
      'http://secrets.payments.svc/',
      'in a namespace that is not the service’s own'.replace('’', "'"),
    ],
    ['http://hooks.example.com/x', 'leads to hooks.example.com'],
    ['http://metadata.google.internal/', 'leads to metadata.google.internal'],
    ['http://user:password@prometheus/', 'must not name a user or a password'],
    ['http://prometheus@169.254.169.254/', 'must not name a user or a password'],
    ['file:///etc/passwd', 'must be http or https'],
    ['ftp://prometheus/', 'must be http or https'],
    ['/metrics', 'is not a URL'],
  ])('may not lead elsewhere: %s', (url, why) => {
    expect(urlIssue(url, OWN)).toContain(why);
  });

  test.each([
    ['http://prometheus.monitoring.svc:9090', undefined],
    ['https://hooks.example.com/services/T0', undefined],
    ['https://eu.metrics.example', undefined],
    ['https://metrics.example', 'leads to'],
    ['https://hooks.example.com.evil.example', 'leads to'],
    ['http://10.1.255.255', undefined],
    ['http://10.2.0.1', 'names the address'],
    ['http://kubernetes.monitoring', 'leads to'],
  ])('may lead where the installer says: %s', (url, why) => {
    if (why === undefined) expect(urlIssue(url, MORE)).toBeUndefined();
    else expect(urlIssue(url, MORE)).toContain(why);
  });

  test('is bad input before anything begins, all of them at once', async () => {
    const settings = settingsFor('blue-green', {
      analysis: {
        providers: { prometheus: { address: 'http://127.0.0.1:9090' } },
        metrics: [
          {
            name: 'a',
            provider: 'http-json',
            url: 'http://{{backend}}.other/x',
            path: '$.a',
            max: 1,
          },
        ],
      },
      notifications: [{ type: 'webhook', url: 'http://169.254.169.254/' }],
    });
    const refusing = refuseDestinations(async () => OWN, settings);
    await expect(refusing).rejects.toMatchObject({
      exitCode: 2,
      faults: [
        expect.stringContaining(
          '/analysis/providers/prometheus/address names the address 127.0.0.1',
        ),
        expect.stringContaining('/analysis/metrics (a) url leads to x.other'),
        expect.stringContaining('/notifications/0/url names the address 169.254.169.254'),
      ],
    });
  });
});

describe('the address of the API server', () => {
  const given = process.env.KUBERNETES_SERVICE_HOST;
  afterEach(() => {
    if (given === undefined) delete process.env.KUBERNETES_SERVICE_HOST;
    else process.env.KUBERNETES_SERVICE_HOST = given;
  });

  test.each([
    ['10.96.0.1', '10.96.0.1'],
    ['10.96.0.1', '::ffff:10.96.0.1'],
    ['10.96.0.1', '64:ff9b::a60:1'],
    ['fd00:10:96::1', 'fd00:10:96:0:0::1'],
  ])(
    '%s is refused however it is written, and whatever wide network is allowed: %s',
    (own, found) => {
      process.env.KUBERNETES_SERVICE_HOST = own;
      const wide = { ...OWN, networks: ['10.0.0.0/8', '0.0.0.0/0', '::/0', 'fd00::/8'] };
      expect(addressIssue(found, wide)).toContain('its name leads to');
      const literal = found.includes(':') ? `[${found}]` : found;
      expect(urlIssue(`https://${literal}/api`, wide)).toContain('names the address');
    },
  );

  test('may be asked where the installer names it alone', () => {
    process.env.KUBERNETES_SERVICE_HOST = '10.96.0.1';
    expect(urlIssue('https://10.96.0.1/', { ...OWN, networks: ['10.96.0.1/32'] })).toBeUndefined();
  });
});

describe('a network that is allowed', () => {
  test.each([
    '169.254.169.254',
    '127.0.0.1',
    '[::1]',
    '[::ffff:169.254.169.254]',
    '[fd00:ec2::254]',
  ])('opens no special address that happens to be in it: %s', (host) => {
    const wide = { ...OWN, networks: ['0.0.0.0/0', '::/0', '160.0.0.0/3', 'fd00::/8'] };
    expect(urlIssue(`http://${host}/`, wide)).toContain('names the address');
    expect(addressIssue(host.replace(/^\[|\]$/g, ''), wide)).toContain('its name leads to');
  });
});

describe('what DNS answers', () => {
  test.each([
    '127.0.0.1',
    '169.254.169.254',
    '::1',
    'fe80::1',
    '::ffff:127.0.0.1',
    '0.0.0.0',
    '100.100.100.200',
    'fd00:ec2::254',
    '::127.0.0.1',
    '64:ff9b::169.254.169.254',
    '64:ff9b::127.0.0.1',
    '2002:a9fe:a9fe::1',
  ])('is looked at, whatever the name was: %s', (address) => {
    expect(addressIssue(address, OWN)).toContain(address);
  });

  test.each(['10.1.2.3', '192.168.1.1', '93.184.216.34', 'fd12::1', '64:ff9b::808:808'])(
    'may be %s',
    (address) => {
      expect(addressIssue(address, OWN)).toBeUndefined();
    },
  );

  let server: Server;
  let asked = 0;
  beforeAll(async () => {
    server = createServer((_, response) => {
      asked += 1;
      response.end('secret');
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  });
  afterAll(() => new Promise((closed) => server.close(closed)));

  test('is not connected to where the name is allowed and the address is not', async () => {
    const { port } = server.address() as AddressInfo;
    const named = { ...OWN, hosts: ['localhost'] };
    const url = `http://localhost:${port}/`;
    const ask = (to: Destinations) =>
      guardedAsk(askOverNetwork, async () => to)({ method: 'GET', url, timeoutMs: 2_000 });
    expect(await ask(named)).toMatchObject({
      kind: 'failed',
      why: expect.stringContaining('its name leads to'),
    });
    expect(asked).toBe(0);
    const allowed = { ...named, networks: ['127.0.0.0/8', '::1/128'] };
    expect(await ask(allowed)).toMatchObject({ kind: 'answered', body: 'secret' });
  });

  test('is not asked for as long as the API does not say where it may be', async () => {
    const before = asked;
    const { port } = server.address() as AddressInfo;
    const away = async () => {
      throw new KubeError(0, 'no answer', 3);
    };
    const ask = guardedAsk(askOverNetwork, away);
    const answer = await ask({
      method: 'GET',
      url: `http://127.0.0.1:${port}/`,
      timeoutMs: 2_000,
    });
    expect(answer).toMatchObject({ kind: 'failed', why: 'not asked: no answer' });
    expect(asked).toBe(before);
  });

  test('is not even asked for where the URL is not allowed', async () => {
    const before = asked;
    const { port } = server.address() as AddressInfo;
    const answer = await guardedAsk(
      askOverNetwork,
      async () => OWN,
    )({
      method: 'GET',
      url: `http://127.0.0.1:${port}/`,
      timeoutMs: 2_000,
    });
    expect(answer).toMatchObject({ kind: 'failed', why: expect.stringContaining('not asked') });
    expect(asked).toBe(before);
  });
});

describe("the installer's ConfigMap", () => {
  const kubeWith = (yaml: string | undefined) =>
    ({
      get: async () => (yaml === undefined ? undefined : { data: { 'destinations.yaml': yaml } }),
    }) as never;

  test('adds to the own namespace', async () => {
    const yaml = 'namespaces: [monitoring]\nhosts: [hooks.example.com]\nnetworks: [10.1.0.0/16]';
    expect(await loadDestinations(kubeWith(yaml), 'ci', 'shop')).toEqual({
      namespaces: ['shop', 'monitoring'],
      hosts: ['hooks.example.com'],
      networks: ['10.1.0.0/16'],
    });
  });

  test('need not be there, nor be readable', async () => {
    expect(await loadDestinations(kubeWith(undefined), 'ci', 'shop')).toEqual(OWN);
    const forbidden = async () => {
      throw new KubeError(403, 'no', 3);
    };
    expect(await loadDestinations({ get: forbidden }, 'ci', 'shop')).toEqual(OWN);
  });

  test.each([
    'hosts: yes',
    'hosts: [1]',
    'networks: [10.0.0.1]',
    'networks: [10.0.0.0/33]',
    '{',
    'networks: [x/8]',
  ])('that cannot be understood allows nothing: %s', async (yaml) => {
    await expect(loadDestinations(kubeWith(yaml), 'ci', 'shop')).rejects.toMatchObject({
      exitCode: 3,
    });
  });
});
