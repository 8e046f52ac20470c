// The server: what it carries, and what it does when somebody goes away.
import { Agent, get as httpsGet, request as httpsRequest } from 'node:https';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Certificates, createCertificates } from '../../kubernetes/api/certificates.ts';
import {
  AnswerLost,
  type ApiRequest,
  type ApiResponse,
  json,
} from '../../kubernetes/api/request/http.ts';
import { type ApiServer, startServer } from '../../kubernetes/api/server.ts';

let certificates: Certificates;
let server: ApiServer | undefined;
beforeAll(async () => {
  certificates = await createCertificates();
});
afterEach(async () => {
  await server?.stop();
});

type Handler = (request: ApiRequest) => ApiResponse | Promise<ApiResponse>;
const serve = async (handler: Handler, problems: unknown[] = []): Promise<string> => {
  server = await startServer({ handler, certificates, onError: (error) => problems.push(error) });
  return server.url;
};
const fetchText = (url: string, agent?: Agent): Promise<string> =>
  new Promise((resolve, reject) => {
    httpsGet(url, { ca: certificates.ca, ...(agent ? { agent } : {}) }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve(`${response.statusCode} ${text}`));
      response.on('error', reject);
    }).on('error', reject);
  });

describe('the server', () => {
  test('carries a request whole, and its answer back', async () => {
    const url = await serve(({ method, path, headers, body }) =>
      json(200, {
        method,
        path,
        type: headers['content-type'],
        body: new TextDecoder().decode(body as Uint8Array),
      }),
    );
    const answer = await new Promise<string>((resolve, reject) => {
      const options = { method: 'PUT', ca: certificates.ca, headers: { 'Content-Type': 'text/x' } };
      const sending = httpsRequest(`${url}/a?b=c`, options, (response) => {
        response.on('data', (chunk) => resolve(String(chunk)));
      });
      sending.on('error', reject);
      sending.end('ä');
    });
    expect(JSON.parse(answer)).toEqual({
      method: 'PUT',
      path: '/a?b=c',
      type: 'text/x',
      body: 'ä',
    });
  });

  test('keeps connections alive', async () => {
    const url = await serve(() => json(200, {}));
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: certificates.ca });
    await fetchText(url, agent);
    const [kept] = Object.values(agent.freeSockets).flat();
    await fetchText(url, agent);
    expect(Object.values(agent.freeSockets).flat()).toEqual([kept]);
    agent.destroy();
  });

  test('is trusted by nobody who does not know its authority', async () => {
    const url = await serve(() => json(200, {}));
    const refused = new Promise((resolve) =>
      httpsGet(url).on('error', ({ code }: NodeJS.ErrnoException) => resolve(code)),
    );
    expect(await refused).toMatch(/SELF_SIGNED|UNABLE_TO/);
  });

  test('cuts the connection where the answer is lost, and thinks nothing of it', async () => {
    const problems: unknown[] = [];
    const url = await serve(() => Promise.reject(new AnswerLost()), problems);
    await expect(fetchText(url)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(problems).toEqual([]);
  });

  test('tells of a handler that fails', async () => {
    const problems: unknown[] = [];
    const bug = new Error('a bug');
    const url = await serve(() => {
      throw bug;
    }, problems);
    await expect(fetchText(url)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(problems).toEqual([bug]);
  });

  test('stops a stream whose client has gone', async () => {
    let stopped: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => {
      stopped = resolve;
    });
    const url = await serve(() => ({
      status: 200,
      headers: {},
      stream: {
        open: (onChunk) => {
          onChunk('first\n');
          return { stop: stopped };
        },
      },
    }));
    const seen = await new Promise<string>((resolve, reject) => {
      const request = httpsGet(url, { ca: certificates.ca }, (response) => {
        response.once('data', (chunk) => {
          resolve(String(chunk));
          request.destroy();
        });
        response.on('error', () => undefined);
      });
      request.on('error', reject);
    });
    expect(seen).toBe('first\n');
    await gone;
  });

  test('ends a stream that ends', async () => {
    const url = await serve(() => ({
      status: 200,
      headers: {},
      stream: {
        open: (onChunk, onEnd) => {
          onChunk('only\n');
          onEnd();
          return { stop: () => undefined };
        },
      },
    }));
    expect(await fetchText(url)).toBe('200 only\n');
  });

  test('listens where it is told to', async () => {
    const url = await serve(() => json(200, {}));
    await server?.stop();
    const port = Number(new URL(url).port);
    server = await startServer({ handler: () => json(200, {}), certificates, port });
    expect(server.url).toBe(url);
  });
});
