/** The requests that probes and hooks send to a pod's own address. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createConnection } from 'node:net';
import type { ConnectOutcome, HttpGet, HttpOutcome } from '../runtime.ts';

export function httpGet(podIP: string, get: HttpGet, timeoutMs: number): Promise<HttpOutcome> {
  const send = get.scheme === 'HTTPS' ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const done = (outcome: HttpOutcome): void => {
      clearTimeout(timer);
      resolve(outcome);
      request.destroy();
    };
    const request = send(
      {
        host: get.host ?? podIP,
        port: get.port,
        path: get.path,
        agent: false,
        rejectUnauthorized: false,
        headers: {
          'user-agent': 'kube-probe/1.36',
          accept: '*/*',
          connection: 'close',
          ...Object.fromEntries(get.headers.map(({ name, value }) => [name, value])),
        },
      },
      (response) => {
        response.resume();
        done({ type: 'answered', status: response.statusCode ?? 0 });
      },
    );
    const timer = setTimeout(() => done({ type: 'timed-out' }), timeoutMs);
    request.once('error', (error) => done(problem(error)));
    request.end();
  });
}

export function connect(host: string, port: number, timeoutMs: number): Promise<ConnectOutcome> {
  return new Promise((resolve) => {
    const done = (outcome: ConnectOutcome): void => {
      clearTimeout(timer);
      resolve(outcome);
      socket.destroy();
    };
    const socket = createConnection({ host, port }, () => done({ type: 'connected' }));
    const timer = setTimeout(() => done({ type: 'timed-out' }), timeoutMs);
    socket.once('error', (error) => done(problem(error)));
  });
}

function problem(error: Error): { type: 'refused' | 'reset' } {
  return { type: 'code' in error && error.code === 'ECONNREFUSED' ? 'refused' : 'reset' };
}
