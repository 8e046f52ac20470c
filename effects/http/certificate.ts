/** Looks until when the certificates are good that a TLS server shows. Nothing of them is verified but the time. */
import { isIP } from 'node:net';
import { connect, type DetailedPeerCertificate } from 'node:tls';
import { instant } from '../../core/base/vocabulary.ts';
import type { ShownCertificate } from '../../core/preflight/beforehand/certificates.ts';

export interface TlsPlace {
  /** What is connected to. */
  readonly host: string;
  readonly port: number;
  /** Whom it is asked for (SNI): a server may have several certificates. An address is nobody's name. */
  readonly serverName: string;
}

/** The one of its chain that ends first. Never rejects; the deadline is for all of it. */
export type AskCertificate = (place: TlsPlace, timeoutMs: number) => Promise<ShownCertificate>;

export const askCertificate: AskCertificate = ({ host, port, serverName }, timeoutMs) =>
  new Promise((resolve) => {
    const servername = isIP(serverName) === 0 ? serverName : '';
    const socket = connect({ host, port, servername, rejectUnauthorized: false });
    const end = (shown: ShownCertificate): void => {
      clearTimeout(late);
      socket.destroy();
      resolve(shown);
    };
    const none = (why: string): void => end({ kind: 'none', why });
    const late = setTimeout(() => none(`no certificate within ${timeoutMs} ms`), timeoutMs);
    socket.on('secureConnect', () => end(firstToEnd(socket.getPeerCertificate(true))));
    socket.on('error', ({ message }) => none(message));
    socket.on('close', () => none('it has closed the connection'));
  });

/** A chain is three or four long. */
const MOST_IN_CHAIN = 10;

function firstToEnd(own: DetailedPeerCertificate): ShownCertificate {
  let first: ShownCertificate = { kind: 'none', why: 'it has shown no certificate' };
  let at: DetailedPeerCertificate | undefined = own;
  for (let depth = 0; depth < MOST_IN_CHAIN && at?.valid_to !== undefined; depth += 1) {
    const shown = shownOf(at);
    if (first.kind === 'none' || shown.notAfter < first.notAfter) first = shown;
    // One that has signed itself is its own issuer.
    at = at.issuerCertificate === at ? undefined : at.issuerCertificate;
  }
  return first;
}

function shownOf({ subject, valid_from: from, valid_to: to }: DetailedPeerCertificate) {
  const name = [subject?.CN ?? ''].flat().join(', ');
  const [notBefore, notAfter] = [instant(Date.parse(from)), instant(Date.parse(to))];
  return { kind: 'shown', name, notBefore, notAfter } as const;
}
