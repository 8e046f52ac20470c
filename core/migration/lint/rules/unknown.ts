/** What cannot be told from the text: unknown statements, SQL that is made when it runs, the whole server. */
import { nameText } from '../tree/names.ts';
import type { Rule } from './rule.ts';

const serverWide: Rule = {
  id: 'server-wide',
  severity: 'error',
  what: 'A statement is about the whole server: roles, databases, settings, tablespaces',
  instead: 'Leave it to the administrator of the server; others are on it, too.',
  peers: ['ban-drop-database'],
  bad: 'DROP DATABASE shop',
  good: 'CREATE SCHEMA reports',
  find({ act }) {
    return act.kind === 'server-wide'
      ? { seen: `${act.what} is felt by every database` }
      : undefined;
  },
};

const unknown: Rule = {
  id: 'unknown-statement',
  severity: 'warning',
  what: 'A statement is of a kind that the linter does not know',
  instead: 'Look up what it locks, and allow it with the reason.',
  peers: [],
  bad: 'IMPORT FOREIGN SCHEMA public FROM SERVER other INTO reports',
  good: 'CREATE SCHEMA reports',
  find({ act }) {
    return act.kind === 'unknown' ? { seen: `nothing is known of ${act.what}` } : undefined;
  },
};

const extension: Rule = {
  id: 'extension',
  severity: 'warning',
  what: 'An extension is made or changed: its script does what it likes',
  instead:
    'Leave it to the administrator of the server, or look at its script and allow it with the reason.',
  peers: [],
  bad: 'CREATE EXTENSION pgcrypto',
  good: 'SELECT 1',
  find({ act }) {
    return act.kind === 'extension'
      ? { seen: `the script of ${act.name} was not read` }
      : undefined;
  },
};

/** Procedures are made to be called by hand; their bodies are followed where a file has them. */
const unknownRoutine: Rule = {
  id: 'unknown-routine',
  severity: 'warning',
  what: 'A procedure is called that no file has made, or code in a language other than SQL and PL/pgSQL',
  instead: 'Put what it does into the file, or allow it with the reason.',
  peers: [],
  bad: 'CALL tidy_up()',
  good: 'SELECT 1',
  find({ act, schema }) {
    if (act.kind === 'do' && act.language !== 'plpgsql') {
      return { seen: `the block is written in ${act.language}` };
    }
    if (act.kind !== 'call') return undefined;
    const routine = schema.routine(act.routine);
    const isRead = routine?.text !== undefined && ['sql', 'plpgsql'].includes(routine.language);
    return isRead ? undefined : { seen: `nothing is known of ${nameText(act.routine)}()` };
  },
};

/** Other servers, files, large objects in files, sessions of others, the server's settings. */
const REACHING =
  /^(dblink.*|lo_(import|export)|pg_(read|stat|ls)_.*(file|dir).*|pg_(terminate|cancel)_backend|pg_reload_conf|pg_rotate_logfile|pg_promote|pg_sleep.*|pg_(try_)?advisory_lock.*)$/;

const outside: Rule = {
  id: 'reaches-outside',
  severity: 'error',
  what: 'A statement reads or writes files of the server, runs a program on it, asks another server, ends or waits for sessions',
  instead:
    'Bring rows as INSERT, or in a backfill; leave the rest to the administrator of the server.',
  peers: [],
  bad: "COPY items FROM PROGRAM 'curl example.com'",
  good: "INSERT INTO items (id, sku) VALUES (1, 'a')",
  find({ act }) {
    if (act.kind !== 'data') return undefined;
    const reaching = act.calls.find(({ name }) => REACHING.test(name));
    if (reaching) return { seen: `${nameText(reaching)}() reaches beyond this database's rows` };
    if (act.copies === undefined) return undefined;
    if (act.copies === 'client')
      return { seen: 'COPY to or from the client has no client here', severity: 'warning' };
    return {
      seen:
        act.copies === 'program'
          ? 'COPY runs a program'
          : 'COPY reads or writes a file of the server',
    };
  },
};

export const UNKNOWN_RULES: readonly Rule[] = [
  ...[serverWide, unknown, extension, unknownRoutine, outside],
];
