// Mail goes through a real SMTP server: with its login and its certificate, late, refusing, or never answering.

import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { generate } from 'selfsigned';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { MailMessage } from '../../../core/channels/channel.ts';
import { ANYWHERE, type Destinations } from '../../../effects/context/destinations.ts';
import { guardedPost } from '../../../effects/context/guarded-request.ts';
import { postOverNetwork } from '../../../effects/http/mail.ts';

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

interface Got {
  readonly to: string[];
  readonly text: string;
}

async function mailServer(options: SMTPServerOptions = {}): Promise<{ port: number; got: Got[] }> {
  const got: Got[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        got.push({ to, text: Buffer.concat(parts).toString('utf8') });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => server.close());
  return { port: (server.server.address() as AddressInfo).port, got };
}

const mailTo = (port: number, more: Partial<MailMessage> = {}): MailMessage => ({
  by: 'smtp',
  url: `smtp://localhost:${port}`,
  ca: undefined,
  login: undefined,
  from: 'zd@shop.example',
  to: ['ops@shop.example', 'dev@shop.example'],
  subject: '[release] shop/pay rolled back\r\nBcc: evil@x.example',
  text: 'v1.2.0 failed\n.\nQUIT',
  html: '<p>v1.2.0 failed</p>',
  messageId: '<two@shop.example>',
  inReplyTo: '<one@shop.example>',
  ...more,
});
const post = (mail: MailMessage, timeoutMs = 5_000) =>
  postOverNetwork({ mail, timeoutMs, address: '127.0.0.1' });

test('is told to all recipients, in its thread, and a subject becomes no header', async () => {
  const { port, got } = await mailServer();
  expect(await post(mailTo(port))).toMatchObject({ status: 250 });
  expect(got[0]?.to).toEqual(['ops@shop.example', 'dev@shop.example']);
  expect(got[0]?.text).toMatch(/^Message-ID: <two@shop.example>/im);
  expect(got[0]?.text).toMatch(/^In-Reply-To: <one@shop.example>/im);
  expect(got[0]?.text).not.toMatch(/^Bcc:/im);
  expect(got).toHaveLength(1);
});

describe('a login', () => {
  const pems = generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  } as never);
  const login = { user: 'zd', password: 's3cr3t' };
  const secured = async (more: SMTPServerOptions = {}) => {
    const { private: key, cert } = await pems;
    const server = await mailServer({
      key,
      cert,
      disabledCommands: [],
      authOptional: false,
      onAuth: ({ username, password }, _session, done) =>
        done(username === 'zd' && password === 's3cr3t' ? null : new Error('no'), { user: 'zd' }),
      ...more,
    });
    return { ...server, ca: cert };
  };

  test('goes over STARTTLS, to a server that its CA vouches for', async () => {
    const { port, ca, got } = await secured();
    expect(await post(mailTo(port, { login, ca }))).toMatchObject({ status: 250 });
    expect(got).toHaveLength(1);
  });

  test('is not sent to a server that nobody vouches for', async () => {
    const { port, got } = await secured();
    const { status, why } = await post(mailTo(port, { login }));
    expect([status, got]).toEqual([undefined, []]);
    expect(why).not.toContain('s3cr3t');
  });

  test('is not sent in the clear, where the server has no TLS', async () => {
    let passwords = 0;
    const { port } = await mailServer({
      authOptional: false,
      onAuth: (_auth, _session, done) => {
        passwords += 1;
        done(null, { user: 'zd' });
      },
    });
    expect((await post(mailTo(port, { login }))).status).toBeUndefined();
    expect(passwords).toBe(0);
  });

  test('that is wrong is not tried again', async () => {
    const { port, ca } = await secured();
    const answer = await post(mailTo(port, { login: { ...login, password: 'wr0ng' }, ca }));
    expect(answer).toMatchObject({ status: undefined, isFinal: true });
    expect(JSON.stringify(answer)).not.toContain('wr0ng');
  });
});

describe('a server', () => {
  const refusing = (responseCode: number) =>
    mailServer({
      onRcptTo: (_to, _session, done) => done(Object.assign(new Error('no'), { responseCode })),
    });

  test('that is busy is tried again, and one that refuses is not', async () => {
    const [busy, never] = [await refusing(451), await refusing(550)];
    expect((await post(mailTo(busy.port))).isFinal).toBe(false);
    expect((await post(mailTo(never.port))).isFinal).toBe(true);
  });

  test('that never says a word is given up in time', async () => {
    const silent: Server = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    open.push(() => silent.close());
    const began = Date.now();
    const { port } = silent.address() as AddressInfo;
    expect((await post(mailTo(port), 300)).status).toBeUndefined();
    expect(Date.now() - began).toBeLessThan(3_000);
  });

  test('that is not there is tried again', async () => {
    expect(await post(mailTo(1))).toMatchObject({ status: undefined, isFinal: false });
  });
});

test('mail goes only where the installer lets a config lead', async () => {
  const { port, got } = await mailServer();
  const own: Destinations = { namespaces: ['shop'], hosts: ['mail.example'], networks: [] };
  const guarded = (to: Destinations) => guardedPost(postOverNetwork, async () => to);
  const refused = await guarded(own)({ mail: mailTo(port), timeoutMs: 1_000 });
  expect(refused).toMatchObject({ isFinal: true, why: expect.stringContaining('not asked') });
  const metadata = mailTo(port, { url: 'smtp://169.254.169.254' });
  expect((await guarded(own)({ mail: metadata, timeoutMs: 1_000 })).isFinal).toBe(true);
  expect(got).toEqual([]);
  const anywhere = { ...ANYWHERE, hosts: ['*'] };
  const toldHow = await guarded(anywhere)({ mail: mailTo(port), timeoutMs: 5_000 });
  expect(toldHow).toMatchObject({ status: 250 });
});
