/** One mail over SMTP; what comes of it is an answer, never a throw. */
import type { Answered } from '../../core/channels/answer.ts';
import type { MailMessage } from '../../core/channels/channel.ts';

export interface MailRequest {
  readonly mail: MailMessage;
  /** Of the server, where its name must not be looked up a second time. */
  readonly address?: string;
  /** For all of it. */
  readonly timeoutMs: number;
}

export type PostMail = (request: MailRequest) => Promise<Answered>;

const PORTS: Readonly<Record<string, number>> = { 'smtp:': 587, 'smtps:': 465 };

export const postOverNetwork: PostMail = async ({ mail, address, timeoutMs }) => {
  // Loaded where there is mail: no other stage starts later for it.
  const { createTransport } = await import('nodemailer');
  const { protocol, hostname, port } = new URL(mail.url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const { user, password } = mail.login ?? {};
  const transport = createTransport({
    host: address ?? host,
    port: port === '' ? (PORTS[protocol] ?? 587) : Number(port),
    secure: protocol === 'smtps:',
    // A password is never sent in the clear.
    requireTLS: mail.login !== undefined,
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    tls: { servername: host, ...(mail.ca === undefined ? {} : { ca: mail.ca }) },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const late = new AbortController();
  try {
    const { from, to, subject, text, html, messageId, inReplyTo } = mail;
    const threaded = inReplyTo === undefined ? {} : { inReplyTo, references: inReplyTo };
    const sending = transport.sendMail({
      from,
      to: [...to],
      subject,
      text,
      html,
      messageId,
      ...threaded,
    });
    return await Promise.race([
      sending.then(() => SENT, answeredBy),
      after(timeoutMs, late.signal),
    ]);
  } finally {
    late.abort();
    transport.close();
  }
};

const SENT: Answered = { status: 250, why: '' };

/** By the codes of RFC 5321, 4.2.1: 4yz passes, 5yz does not. */
function answeredBy(thrown: unknown): Answered {
  const { responseCode, code } = Object(thrown);
  if (!Number.isInteger(responseCode)) {
    const isFinal = code === 'EAUTH' || code === 'EENVELOPE' || code === 'ETLS';
    return {
      status: undefined,
      why: typeof code === 'string' ? code.slice(0, 40) : 'no answer',
      isFinal,
    };
  }
  return { status: undefined, why: `answered ${responseCode}`, isFinal: responseCode >= 500 };
}

function after(ms: number, signal: AbortSignal): Promise<Answered> {
  return new Promise((resolve) => {
    const timer = setTimeout(
      () => resolve({ status: undefined, why: `no answer within ${ms} ms` }),
      ms,
    );
    signal.addEventListener('abort', () => clearTimeout(timer));
  });
}
