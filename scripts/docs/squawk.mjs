// squawk's rules as of its documentation (https://squawkhq.com/docs/rules), and where ours differ.
const TASTE = 'a matter of taste: it locks and breaks nothing';

export const SQUAWK = {
  'adding-field-with-default':
    'the same; a function that the files make is looked at, and one that is unknown is a warning',
  'adding-foreign-key-constraint':
    'the same; in one transaction VALIDATE behind NOT VALID is found as well',
  'adding-not-nullable-field':
    'a CHECK that was validated before, in this file or another, lets SET NOT NULL pass',
  'adding-required-field': 'the same',
  'adding-serial-primary-key-field': 'any serial or identity column, key or not',
  'ban-char-field': TASTE,
  'ban-concurrent-index-creation-in-transaction':
    'also DROP INDEX, REINDEX and DETACH PARTITION, and in blocks and routines',
  'ban-drop-column': 'not in a contract, nor on the way back',
  'ban-drop-database': '`server-wide`, as everything that others on the server feel',
  'ban-drop-not-null': 'not in a contract, nor on the way back',
  'ban-drop-table':
    'not in a contract, nor on the way back; the tables that are locked with it are named',
  'changing-column-type': 'by the old type and the new one: where no row is written it is a note',
  'constraint-missing-not-valid': 'the same; not on a table that the file makes',
  'disallowed-unique-constraint': 'the same; not on a table that the file makes',
  'prefer-bigint-over-int': TASTE,
  'prefer-bigint-over-smallint': TASTE,
  'prefer-identity': TASTE,
  'prefer-robust-stmts':
    'the opposite for CREATE INDEX CONCURRENTLY IF NOT EXISTS, which takes an invalid index for a good one; the runner keeps count of the statements that are done',
  'prefer-text-field': TASTE,
  'prefer-timestamptz': TASTE,
  'renaming-column': 'the same, also of views',
  'renaming-table': 'the same, also of views, types, functions, and by SET SCHEMA',
  'require-concurrent-index-creation':
    'the same; on a partitioned table `index-on-partitioned` says how',
  'require-concurrent-index-deletion': 'the same',
  'transaction-nesting': 'for files of the runner; in others transactions are followed',
  'ban-create-domain-with-constraint':
    'a new domain does no harm; a column of it does: `add-column-checked`',
  'ban-alter-domain-with-add-constraint': 'NOT VALID passes',
  'ban-truncate-cascade': 'TRUNCATE at all, and CASCADE wherever it stands',
  'syntax-error': '`not-sql`, by the parser of PostgreSQL itself',
  'require-timeout-settings': 'for files of other tools; statement_timeout is not asked for',
  'ban-uncommitted-transaction': 'for files of the runner',
  'require-enum-value-ordering': TASTE,
  'require-table-schema': TASTE,
  'identifier-too-long': 'PostgreSQL cuts the name and says so',
  'require-concurrent-partition-detach': 'the same',
  'require-concurrent-reindex': 'the same',
  'prefer-repack': 'the same',
};
