/** One connection to PostgreSQL, and what its refusals mean. */
import { Client, type ClientConfig, DatabaseError, type QueryResultRow } from 'pg';
import { foreignText } from '../../../core/base/foreign-text.ts';
import { messageOf } from '../../base/failure.ts';
import type { Credentials } from '../credentials.ts';

/** Why a database was not asked, or did not answer. */
export type Trouble =
  /** It will not get better by itself: who one is, what one may, where one goes. */
  | 'input'
  /** Away, full or in recovery: later it may answer. */
  | 'away';

export class DatabaseTrouble extends Error {
  readonly trouble: Trouble;
  readonly advice: string | undefined;

  constructor(trouble: Trouble, message: string, advice?: string) {
    super(message);
    this.trouble = trouble;
    this.advice = advice;
  }
}

export interface Session {
  readonly pid: number;
  readonly isEncrypted: boolean;
  /** Rows of one statement; rejects with pg's DatabaseError, or with DatabaseTrouble where no answer comes. */
  query<Row extends QueryResultRow>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ readonly rows: readonly Row[]; readonly rowCount: number }>;
  close(): Promise<void>;
}

const CONNECT_MS = 10_000;

/**
 * `name` is what others see in pg_stat_activity.
 *
 * @throws {DatabaseTrouble}
 */
export async function openSession(credentials: Credentials, name: string): Promise<Session> {
  const { client, isEncrypted } = await connected(credentials, name);
  let lost: Error | undefined;
  client.on('error', (error) => {
    lost = error;
  });
  const query: Session['query'] = async <Row extends QueryResultRow>(
    text: string,
    values?: readonly unknown[],
  ) => {
    if (lost) throw away(lost);
    try {
      const { rows, rowCount } = await client.query<Row>(
        values === undefined ? text : { text, values: [...values] },
      );
      return { rows, rowCount: rowCount ?? 0 };
    } catch (thrown) {
      throw thrown instanceof DatabaseError && !isAway(thrown.code) ? thrown : away(thrown);
    }
  };
  const { rows } = await query<{ pid: number; replica: boolean }>(SETTINGS);
  if (rows[0]?.replica) {
    await client.end();
    throw new DatabaseTrouble(
      'input',
      'the server only lets read: it is a replica',
      'name the primary',
    );
  }
  return {
    pid: rows[0]?.pid ?? 0,
    isEncrypted,
    query,
    close: () => client.end().catch(() => undefined),
  };
}

/**
 * Keys have to come back as they went. When we are killed the server is to notice soon, even in the
 * middle of a statement (from PostgreSQL 14 on): our locks last as long as our session.
 */
const SETTINGS = `SELECT pg_backend_pid() AS pid, pg_is_in_recovery() AS replica,
  set_config('DateStyle', 'ISO, YMD', false), set_config('IntervalStyle', 'postgres', false),
  set_config('extra_float_digits', '3', false), set_config('standard_conforming_strings', 'on', false),
  set_config('idle_in_transaction_session_timeout', '60s', false),
  set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),
  set_config('tcp_keepalives_count', '3', false),
  CASE WHEN current_setting('server_version_num')::int >= 140000
    THEN set_config('client_connection_check_interval', '1s', false) END`;

async function connected(
  credentials: Credentials,
  name: string,
): Promise<{ readonly client: Client; readonly isEncrypted: boolean }> {
  const { sslMode } = credentials;
  if (sslMode !== 'prefer') {
    return { client: await attempt(credentials, name), isEncrypted: sslMode !== 'disable' };
  }
  try {
    const client = await attempt({ ...credentials, sslMode: 'require' }, name);
    return { client, isEncrypted: true };
  } catch (thrown) {
    if (!messageOf(thrown).includes(NO_TLS)) throw thrown;
    const client = await attempt({ ...credentials, sslMode: 'disable' }, name);
    return { client, isEncrypted: false };
  }
}

/** As pg says it. */
const NO_TLS = 'does not support SSL';

async function attempt(credentials: Credentials, name: string): Promise<Client> {
  const { host, port, user, password, database } = credentials;
  const client = new Client({
    host,
    port,
    user,
    database,
    ...(password === undefined ? {} : { password }),
    ssl: tlsOf(credentials),
    application_name: name,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
  });
  try {
    await client.connect();
    return client;
  } catch (thrown) {
    client.on('error', () => undefined);
    void client.end().catch(() => undefined);
    throw refusal(thrown, credentials);
  }
}

function tlsOf({ sslMode, ca, certificate, host }: Credentials): NonNullable<ClientConfig['ssl']> {
  if (sslMode === 'disable') return false;
  const own = { ...(ca === undefined ? {} : { ca }), ...certificate };
  switch (sslMode) {
    case 'prefer':
    case 'require':
      return { ...own, rejectUnauthorized: false };
    case 'verify-ca':
      return { ...own, checkServerIdentity: () => undefined };
    case 'verify-full':
      // A name is asked for; for an address there is none, and its own check holds.
      return { ...own, ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }) };
  }
}

/** Classes and codes of https://www.postgresql.org/docs/current/errcodes-appendix.html */
function isAway(code: string | undefined): boolean {
  return code !== undefined && /^(08|57P0|53)/.test(code);
}

function away(thrown: unknown): DatabaseTrouble {
  if (thrown instanceof DatabaseTrouble) return thrown;
  const isAnswer = thrown instanceof DatabaseError && !/^(08|57P0)/.test(thrown.code ?? '');
  const what = isAnswer ? 'the database cannot for now' : 'the connection to the database was lost';
  return new DatabaseTrouble(
    'away',
    `${what}: ${foreignText(messageOf(thrown), 200)}`,
    'what was done is kept; run it again',
  );
}

function refusal(thrown: unknown, { host, port, user, database }: Credentials): DatabaseTrouble {
  const where = `${foreignText(host, 100)}:${port}`;
  const who = foreignText(user, 60);
  const code = String(Object(thrown).code ?? '');
  const input = (message: string, advice?: string): DatabaseTrouble =>
    new DatabaseTrouble('input', message, advice);
  if (/^28/.test(code)) {
    return input(
      `${where} does not let ${who} in: wrong password, or no line of pg_hba.conf for it`,
    );
  }
  if (code === '3D000') return input(`${where} has no database ${foreignText(database, 60)}`);
  if (code === '42501')
    return input(`${who} may not connect to ${foreignText(database, 60)} of ${where}`);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return input(
      `no host is named ${foreignText(host, 100)}`,
      'look at host or url of the credentials',
    );
  }
  const message = foreignText(messageOf(thrown), 200);
  if (message.includes(NO_TLS)) {
    return input(`${where} ${NO_TLS}`, 'switch it on there, or say sslmode disable');
  }
  if (
    /certificate|self-signed|altnames|CERT|SSL|TLS|too (weak|small)/i.test(`${code} ${message}`)
  ) {
    return input(
      `the certificate of ${where} was not accepted: ${message}`,
      'look at ca.crt and sslmode',
    );
  }
  if (/password|SASL|SCRAM/i.test(message)) {
    return input(`${where} wants a password of ${who}, and there is none, or it cannot be used`);
  }
  return new DatabaseTrouble(
    'away',
    `${where} does not answer: ${message || code}`,
    'is it there, and may one get there?',
  );
}
