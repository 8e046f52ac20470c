/** How much a server may send in answer to one HTTP/1.1 request, whatever it is made of. */
import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';

/** Answers before the answer, such as 103 Early Hints (RFC 9110, 15.2): as many as Go's client takes. */
export const MOST_INFORMATIONAL = 5;
/** Of a body: more than lines of the longest metrics page. Each costs as much as some hundred bytes do. */
export const MOST_CHUNKS = 65_536;

/** Why an answer was given up, in words that hold nothing of it. */
export class Unbounded extends Error {
  constructor(sent: string) {
    super(`the server sends more than ${sent}`);
  }
}

/** `mostBytes`: as they come, with headers, chunk sizes and whatever else no reader of a body sees. */
export function boundRequest(request: ClientRequest, mostBytes: number): void {
  const giveUp = (sent: string): void => void request.destroy(new Unbounded(sent));
  let informational = 0;
  request.on('information', () => {
    informational += 1;
    if (informational > MOST_INFORMATIONAL)
      giveUp(`${MOST_INFORMATIONAL} answers before the answer`);
  });
  request.once('socket', (socket: Socket) => {
    let bytes = 0;
    const count = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > mostBytes) giveUp(`${mostBytes} bytes`);
    };
    socket.on('data', count);
    // The connection may be kept, for requests that have a bound of their own.
    request.once('close', () => socket.off('data', count));
  });
}
