/** One request over HTTP/2 without TLS and with prior knowledge (RFC 9113, 3.3), over a connection of its own. */
import { connect, type IncomingHttpHeaders } from 'node:http2';
import type { LookupFunction } from 'node:net';
import { MOST_CHUNKS, MOST_INFORMATIONAL, Unbounded } from './bound-request.ts';

export interface Http2Request {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
  readonly timeoutMs: number;
  /** No more of the answer is read than this. */
  readonly mostBytes: number;
  /** Instead of DNS, where not every address may be connected to. */
  readonly lookup?: LookupFunction;
}

export interface Http2Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly trailers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** Rejects where no whole answer came. */
export function askOverHttp2(request: Http2Request): Promise<Http2Answer> {
  const { method, url, headers = {}, body, timeoutMs, mostBytes, lookup } = request;
  const { origin, pathname, search } = new URL(url);
  const session = lookup ? connect(origin, { lookup }) : connect(origin);
  return new Promise<Http2Answer>((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    signal.onabort = () => reject(new Error(`no answer within ${timeoutMs} ms`));
    session.on('error', reject);
    session.on('close', () => reject(new Error('the connection was closed without an answer')));
    const stream = session.request({
      ':method': method,
      ':path': pathname + search,
      ...own(headers),
    });
    const chunks: Buffer[] = [];
    let head: IncomingHttpHeaders = {};
    let trailers: IncomingHttpHeaders = {};
    let informational = 0;
    stream.on('headers', () => {
      informational += 1;
      if (informational > MOST_INFORMATIONAL)
        reject(new Unbounded(`${MOST_INFORMATIONAL} answers before the answer`));
    });
    stream.on('response', (seen) => {
      head = seen;
    });
    stream.on('trailers', (seen) => {
      trailers = seen;
    });
    let bytes = 0;
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > mostBytes) reject(new Error(`the answer is larger than ${mostBytes} bytes`));
      else if (chunks.length === MOST_CHUNKS) reject(new Unbounded(`${MOST_CHUNKS} chunks`));
      else chunks.push(chunk);
    });
    stream.on('error', reject);
    stream.on('end', () => {
      const status = Number(head[':status'] ?? 0);
      if (status === 0) return reject(new Error('the answer is not HTTP/2'));
      return resolve({
        status,
        headers: toMap(head),
        trailers: toMap(trailers),
        body: Buffer.concat(chunks),
      });
    });
    stream.end(body);
  }).finally(() => session.destroy());
}

/** What HTTP/1.1 calls Host. */
function own(headers: Readonly<Record<string, string>>): Record<string, string> {
  const pairs = Object.entries(headers).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  );
  return Object.fromEntries(
    pairs.map(([name, value]) => [name === 'host' ? ':authority' : name, value]),
  );
}

function toMap(headers: IncomingHttpHeaders): Map<string, string> {
  const pairs = Object.entries(headers).filter(([name]) => !name.startsWith(':'));
  return new Map(pairs.map(([name, value]) => [name, [value].flat().join(', ')]));
}
