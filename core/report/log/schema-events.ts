/** What is printed about the schema of the database: by database-migration, and by what waits for it. */
import type { Events } from './log-fields.ts';

export const SCHEMA_EVENTS = {
  'schema-change': {
    about: 'What is done to the database, and how far it is',
    fields: ['file', 'doing', 'after', 'note'],
  },
  'schema-waits': {
    about: 'A statement or a batch waits, or takes long; every 10 s',
    fields: ['file', 'waiting-for', 'for'],
  },
  'schema-plan': {
    about: 'What would be done to the database, in order',
    fields: ['number', 'file', 'doing', 'note'],
  },
  'schema-status': {
    about: 'How far a migration is, in a list',
    fields: ['file', 'outcome', 'note'],
  },
  gate: {
    about: 'A condition that a release, a contract or a way back rests on',
    fields: ['gate', 'holds', 'seen'],
  },
  'schema-ended': {
    about: 'The last line of a command of database-migration',
    fields: ['command', 'outcome', 'exit', 'schema', 'floor', 'note'],
  },
} as const satisfies Events;
