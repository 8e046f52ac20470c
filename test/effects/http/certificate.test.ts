// What a TLS server shows is read without being trusted, within a bound of time, whoever answers.
import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, createServer as createTlsServer } from 'node:tls';
import { afterEach, expect, test } from '@jest/globals';
import { generate } from 'selfsigned';
import { askCertificate } from '../../../effects/http/certificate.ts';

const HOST = '127.0.0.1';
const closing: Server[] = [];
afterEach(() => {
  for (const server of closing.splice(0)) server.close();
});

function listening(server: Server): Promise<number> {
  closing.push(server);
  return new Promise((resolve) => {
    server.listen(0, HOST, () => {
      const address = server.address();
      resolve(typeof address === 'object' ? (address?.port ?? 0) : 0);
    });
  });
}

async function made(name: string, from: string, to: string) {
  const options = { notBeforeDate: new Date(from), notAfterDate: new Date(to) };
  const { private: key, cert } = await generate([{ name: 'commonName', value: name }], options);
  return { key, cert };
}

const ask = (port: number, serverName = HOST, timeoutMs = 5_000) =>
  askCertificate({ host: HOST, port, serverName }, timeoutMs);

test('one that has ended long ago, and that nobody signed, is shown with its times', async () => {
  const port = await listening(
    createTlsServer(await made('old', '2020-01-01T00:00:00Z', '2021-01-01T00:00:00Z')),
  );
  expect(await ask(port)).toEqual({
    kind: 'shown',
    name: 'old',
    notBefore: Date.parse('2020-01-01T00:00:00Z'),
    notAfter: Date.parse('2021-01-01T00:00:00Z'),
  });
});

test('of a server with several, it is that of the name', async () => {
  const other = await made('other', '2020-01-01T00:00:00Z', '2031-01-01T00:00:00Z');
  const shop = await made('shop', '2020-01-01T00:00:00Z', '2032-01-01T00:00:00Z');
  const server = createTlsServer({
    ...other,
    SNICallback: (name, done) => done(null, createSecureContext(name === 'shop' ? shop : other)),
  });
  const port = await listening(server);
  expect(await ask(port, 'shop')).toMatchObject({ name: 'shop' });
  expect(await ask(port)).toMatchObject({ name: 'other' });
});

test.each<[string, (socket: Socket) => void]>([
  ['speaks plain HTTP', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['closes at once', (socket) => socket.end()],
])('who %s has shown none', async (_how, answer) => {
  const port = await listening(createServer((socket) => answer(socket.on('error', () => {}))));
  expect(await ask(port)).toMatchObject({ kind: 'none', why: expect.any(String) });
});

test('who says nothing is not waited for longer than asked, and who is away is told', async () => {
  const port = await listening(createServer((socket) => socket.on('error', () => {})));
  const began = Date.now();
  expect(await ask(port, HOST, 300)).toEqual({ kind: 'none', why: 'no certificate within 300 ms' });
  expect(Date.now() - began).toBeLessThan(5_000);
  expect(await ask(1)).toMatchObject({ why: expect.stringContaining('ECONNREFUSED') });
});
