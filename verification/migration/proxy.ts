/**
 * Stands between a runner and its server, counts what the runner asks (protocol 3.0,
 * https://www.postgresql.org/docs/current/protocol-message-formats.html), and strikes at one of them.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** before: the server never hears of it · sent: it has it · answered: it has done it, and no one was told. */
export const MOMENTS = ['before', 'sent', 'answered'] as const;
export type Moment = (typeof MOMENTS)[number];

export interface Strike {
  /** Of the first session, from 1. */
  readonly at: number;
  readonly moment: Moment;
  strike(): void;
}

export interface Proxy {
  readonly port: number;
  /** How many were asked so far. */
  readonly asked: () => number;
  /** From the strike until the server was told that no one is there any more: so long its locks were held. */
  readonly goneAfterMs: () => number;
  close(): Promise<void>;
}

export async function startProxy(serverPort: number, strike: Strike | undefined): Promise<Proxy> {
  let asked = 0;
  let isFirst = true;
  let struck: number | undefined;
  let goneAfterMs = 0;
  const hit = (): void => {
    struck ??= performance.now();
    strike?.strike();
  };
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(serverPort, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
      });
    }
    if (!isFirst) {
      client.pipe(upstream).pipe(client);
      return;
    }
    isFirst = false;
    let isAnswerHeld = false;
    upstream.on('data', (part) => {
      if (!isAnswerHeld) client.write(part);
      else hit();
    });
    client.on('close', () => {
      if (struck !== undefined) goneAfterMs = performance.now() - struck;
    });
    const units = new Units((unit, isQuestion) => {
      if (isQuestion) asked += 1;
      const isIt = isQuestion && asked === strike?.at;
      if (isIt && strike.moment === 'before') return hit();
      if (isIt && strike.moment === 'answered') isAnswerHeld = true;
      upstream.write(unit);
      if (isIt && strike.moment === 'sent') hit();
    });
    client.on('data', (part) => units.push(part));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port, // what listens on TCP has one
    asked: () => asked,
    goneAfterMs: () => goneAfterMs,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const TYPE_QUERY = 'Q'.charCodeAt(0);
const TYPE_SYNC = 'S'.charCodeAt(0);
const TYPE_PASSWORD = 'p'.charCodeAt(0);
const TYPE_TERMINATE = 'X'.charCodeAt(0);

/** What is sent, cut where the server begins to work: at a Query, and at the Sync of what was prepared. */
class Units {
  private left = Buffer.alloc(0);
  private unit: Buffer[] = [];
  private isStarted = false;
  private readonly tell: (unit: Buffer, isQuestion: boolean) => void;

  constructor(tell: (unit: Buffer, isQuestion: boolean) => void) {
    this.tell = tell;
  }

  push(part: Buffer): void {
    this.left = Buffer.concat([this.left, part]);
    for (let message = this.next(); message; message = this.next()) {
      this.unit.push(message);
      const type = this.isStarted ? message[0] : TYPE_PASSWORD;
      this.isStarted = true;
      const isQuestion = type === TYPE_QUERY || type === TYPE_SYNC;
      if (!isQuestion && type !== TYPE_PASSWORD && type !== TYPE_TERMINATE) continue;
      const unit = Buffer.concat(this.unit);
      this.unit = [];
      this.tell(unit, isQuestion);
    }
  }

  /** The first message has no type. */
  private next(): Buffer | undefined {
    const head = this.isStarted ? 1 : 0;
    if (this.left.length < head + 4) return undefined;
    const length = head + this.left.readUInt32BE(head);
    if (this.left.length < length) return undefined;
    const message = this.left.subarray(0, length);
    this.left = this.left.subarray(length);
    return message;
  }
}
