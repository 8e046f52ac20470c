/**
 * What a stage prints: events with named fields, as text that reads well behind Tekton's prefix, or as
 * JSON for machines. Never a secret: only what the core decided and the cluster said passes through here.
 */
import type { LogEvent } from '../../core/report/log/log-events.ts';
import type { FieldName } from '../../core/report/log/log-fields.ts';
import { jsonOf, tableOf, textOf } from '../../core/report/log/render-event.ts';

export type LogFormat = 'text' | 'json';

export interface Log {
  event(event: LogEvent): void;
  /** Several events of one kind for a person to compare. */
  table(events: readonly LogEvent[], columns: readonly FieldName[]): void;
}

export function createLog(format: LogFormat, write: (line: string) => void): Log {
  switch (format) {
    case 'text':
      return {
        event: (event) => write(`${textOf(event)}\n`),
        table: (events, columns) => {
          for (const line of tableOf(events, columns)) write(`${line}\n`);
        },
      };
    case 'json': {
      const event = (each: LogEvent): void => {
        write(`${jsonOf(each, new Date().toISOString())}\n`);
      };
      return {
        event,
        table: (events) => {
          for (const each of events) event(each);
        },
      };
    }
  }
}
