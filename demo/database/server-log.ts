/** What PostgreSQL itself has written down: which statements of the service failed, and what they waited for. */

/** Its settings: who says it stands before each line, and a wait for a lock is a line from 10 ms on. */
export const LOGGED: Readonly<Record<string, string>> = {
  log_line_prefix: '%a|',
  log_lock_waits: 'on',
  deadlock_timeout: '10ms',
};

export interface Statements {
  /** Messages of those that failed. */
  readonly failed: readonly string[];
  /** Milliseconds; 0: no one waited as long as 10 ms. */
  readonly longestLockWaitMs: number;
}

const LINE = /^([^|\n]*)\|(LOG|ERROR|FATAL|PANIC): {2}(.*)$/;
const WAITED = /^process \d+ (?:acquired|still waiting for) .* after ([\d.]+) ms/;

/** Of the sessions whose application_name begins so. */
export function statementsOf(log: string, application: string): Statements {
  const failed: string[] = [];
  let longestLockWaitMs = 0;
  for (const line of log.split('\n')) {
    const [, who = '', level = '', text = ''] = LINE.exec(line) ?? [];
    if (!who.startsWith(application)) continue;
    if (level !== 'LOG') failed.push(text);
    const waited = Number(WAITED.exec(text)?.[1] ?? 0);
    longestLockWaitMs = Math.max(longestLockWaitMs, waited);
  }
  return { failed, longestLockWaitMs };
}
