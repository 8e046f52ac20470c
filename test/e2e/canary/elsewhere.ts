/** Whoever a config sends a stage to: tells its secrets in every answer, and keeps what it was asked. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly path: string;
  readonly authorization: string;
  /** Everything else that was sent. */
  readonly rest: string;
}

export interface Elsewhere {
  readonly url: string;
  readonly asked: readonly Asked[];
  stop(): Promise<void>;
}

export async function startElsewhere(canary: string): Promise<Elsewhere> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const { authorization = '', ...headers } = request.headers;
    const { url = '/', method } = request;
    asked.push({ path: url, authorization, rest: JSON.stringify({ method, headers, body }) });
    // A server in trouble repeats what it was asked, as proxies and debug pages do.
    const echo = `${canary} ${authorization} ${url}`;
    const { status, text } = answerTo(url, canary, echo);
    response.writeHead(status, { 'x-secret': canary, 'retry-after': canary });
    response.end(text);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    stop: () =>
      new Promise((stopped) => {
        server.closeAllConnections();
        server.close(() => stopped());
      }),
  };
}

function answerTo(url: string, canary: string, echo: string): { status: number; text: string } {
  const [, first, how] = url.split(/[/?]/);
  // Where a stage takes it for the API server, it is a proxy before one that lets nobody through.
  if (url.includes('/namespaces/')) return { status: 403, text: `<html>${echo}</html>` };
  if (first === 'api') return { status: 200, text: vector(canary) };
  if (first === 'json' && how === 'good') {
    return { status: 200, text: JSON.stringify({ value: 0.5, secret: canary }) };
  }
  if (first === 'json' && how === 'text') {
    return { status: 200, text: JSON.stringify({ value: canary }) };
  }
  if (first === 'json' && how === 'broken') return { status: 200, text: `{"value": ${canary}` };
  if (first === 'hook') return { status: 200, text: echo };
  return { status: 502, text: `<html>${echo}</html>` };
}

function vector(canary: string): string {
  const metric = { pod: canary, secret: canary };
  const result = [{ metric, value: [Date.now() / 1000, '1'] }];
  const data = { resultType: 'vector', result };
  return JSON.stringify({ status: 'success', data, warnings: [canary], infos: [canary] });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}
