/** Tables as a whole: written, rewritten, hidden, locked. */
import type { Act } from '../tree/act.ts';
import type { Name } from '../tree/names.ts';
import { nameText } from '../tree/names.ts';
import { costText, isLong, isOld, onOld, type Rule, type Situation } from './rule.ts';

const unbounded: Rule = {
  id: 'unbounded-write',
  severity: 'error',
  what: 'Every row of a table is written in one transaction: locks on all of them, and a table twice its size',
  instead: 'Write a backfill (NNNN_slug.backfill.yaml): it goes in small batches, and makes way.',
  peers: [],
  bad: "UPDATE orders SET status = 'open'",
  good: "UPDATE orders SET status = 'open' WHERE id = 7",
  find(situation) {
    const { act } = situation;
    if (act.kind !== 'data' || !act.isWriting || !act.target) return undefined;
    const isPerhaps = act.isByNullAlone && (act.verb === 'update' || act.verb === 'delete');
    if (act.hasCondition && !isPerhaps) return undefined;
    if (act.verb === 'insert' ? !readsOld(situation, act.reads) : !isOld(situation, act.target)) {
      return undefined;
    }
    return {
      seen: `${act.verb.toUpperCase()} of ${isPerhaps ? 'what may be all' : 'all'} rows of ${nameText(act.target)}: a write to one of them waits until it ends`,
      // What is only read is written elsewhere: nothing waits, but it takes as long.
      severity: act.verb === 'insert' || act.hasCondition ? 'warning' : 'error',
    };
  },
};

function readsOld(situation: Situation, reads: readonly Name[]): boolean {
  return reads.some((name) => isOld(situation, name));
}

const fullVacuum: Rule = {
  id: 'vacuum-full',
  severity: 'error',
  what: 'VACUUM FULL and CLUSTER write a table anew while its reads and writes are blocked',
  instead: 'Plain VACUUM; or pg_repack, outside of a migration.',
  peers: ['prefer-repack'],
  bad: 'VACUUM FULL orders',
  good: 'VACUUM orders',
  find(situation) {
    const { act } = situation;
    const isFull = act.kind === 'cluster' || (act.kind === 'vacuum' && act.isFull);
    return isFull ? { seen: costText(situation) } : undefined;
  },
};

/** By the parser's word. */
const WHOLE: Readonly<Record<string, string>> = {
  AT_SetLogged: 'SET LOGGED writes every row anew',
  AT_SetUnLogged: 'SET UNLOGGED writes every row anew, and a crash empties the table',
  AT_SetTableSpace: 'SET TABLESPACE moves every row',
  AT_SetAccessMethod: 'SET ACCESS METHOD writes every row anew',
  AT_EnableRowSecurity: 'rows are hidden from everyone but their owner, at once',
  AT_ForceRowSecurity: 'rows are hidden from their owner, too',
  AT_DisableRowSecurity: 'rows are shown to those who were not to see them',
  AT_NoForceRowSecurity: 'rows are shown to their owner who was not to see them',
  AT_ChangeOwner: 'the account of the old version may lose its rights',
};

const whole: Rule = {
  id: 'table-wide-change',
  severity: 'error',
  what: 'What a table is, whose it is, or who sees its rows is changed',
  instead:
    'Make a new table that is as it should be, and let the new version use it; or do it in a window.',
  peers: [],
  bad: 'ALTER TABLE orders SET UNLOGGED',
  good: 'ALTER TABLE orders SET (fillfactor = 80)',
  find(situation) {
    const { act } = situation;
    if (act.kind === 'owner') {
      return { seen: `the account of the old version may lose its rights on the ${act.what}` };
    }
    if (act.kind !== 'alter-table' || act.change.kind !== 'plain') return undefined;
    const seen = WHOLE[act.change.subtype];
    return seen !== undefined && isOld(situation, act.table)
      ? { seen: `${seen}: ${costText(situation)}` }
      : undefined;
  },
};

const lockTable: Rule = {
  id: 'lock-table',
  severity: 'error',
  what: 'A table is locked by hand',
  instead: 'Leave it out: each statement takes the lock that it needs.',
  peers: [],
  bad: 'LOCK TABLE orders IN SHARE MODE',
  good: "COMMENT ON TABLE orders IS 'all of them'",
  find(situation) {
    const { act } = situation;
    if (act.kind !== 'lock' || act.tables.every((table) => !isOld(situation, table))) {
      return undefined;
    }
    return { seen: costText(situation) };
  },
};

const refresh: Rule = {
  id: 'refresh-materialized-view',
  severity: 'error',
  what: 'A materialized view is filled anew while its reads are blocked',
  instead: 'REFRESH MATERIALIZED VIEW CONCURRENTLY, which needs a unique index on it.',
  peers: [],
  bad: 'REFRESH MATERIALIZED VIEW order_totals',
  good: 'REFRESH MATERIALIZED VIEW CONCURRENTLY order_totals',
  find(situation) {
    const { act } = situation;
    if (act.kind !== 'refresh' || act.isConcurrent || !isOld(situation, act.view)) return undefined;
    return { seen: costText(situation) };
  },
};

/** ENABLE REPLICA: it fires for what comes from another server, and for no one who writes here. */
const OFF = /^AT_(DisableTrig|EnableReplicaTrig|DisableRule|EnableReplicaRule)/;

const trigger: Rule = {
  id: 'disable-trigger',
  severity: 'error',
  what: 'A trigger or rule is switched off: what keeps two columns the same, or a foreign key, stops doing so',
  instead: 'Leave it on; drop it in a contract where it is not needed any more.',
  peers: [],
  bad: 'ALTER TABLE items DISABLE TRIGGER touch_items',
  good: 'ALTER TABLE items ENABLE TRIGGER touch_items',
  find(situation) {
    const { act } = situation;
    if (act.kind === 'set' && act.name === 'session_replication_role') {
      const isOff = act.value !== undefined && act.value !== 'origin';
      return isOff ? { seen: 'no trigger and no foreign key holds in this session' } : undefined;
    }
    if (act.kind !== 'alter-table' || act.change.kind !== 'plain') return undefined;
    if (!OFF.test(act.change.subtype) || !isOld(situation, act.table)) return undefined;
    return { seen: `writes go past it from now on: ${costText(situation)}` };
  },
};

const newTrigger: Rule = {
  id: 'trigger-in-contract',
  severity: 'error',
  what: 'A trigger is made when the new version serves already',
  instead: 'Make it in the expand, before the new version serves.',
  peers: [],
  bad: 'CREATE TRIGGER touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch_row()',
  good: 'DROP TRIGGER touch_items ON items',
  setting: { phase: 'contract' },
  find(situation) {
    const { act, setting } = situation;
    if (act.kind !== 'create-trigger' || setting.phase !== 'contract') return undefined;
    return isOld(situation, act.table) ? { seen: costText(situation) } : undefined;
  },
};

const ruleOrPolicy: Rule = {
  id: 'rule-or-policy',
  severity: 'warning',
  what: 'What a statement means, or which rows it sees, is changed under the versions that run',
  instead: 'A trigger in place of a rule; a policy only where both versions can do with it.',
  peers: [],
  bad: 'CREATE RULE quiet AS ON DELETE TO items DO INSTEAD NOTHING',
  good: "COMMENT ON TABLE items IS 'parts of an order'",
  find(situation) {
    const { act } = situation;
    if (act.kind !== 'create-rule' && act.kind !== 'policy') return undefined;
    return isOld(situation, act.table) ? { seen: costText(situation) } : undefined;
  },
};

const domain: Rule = {
  id: 'domain-constraint',
  severity: 'error',
  what: 'A domain is constrained, and every column of it is looked at',
  instead: 'ALTER DOMAIN … ADD CONSTRAINT … NOT VALID, and VALIDATE it when little is written.',
  peers: ['ban-alter-domain-with-add-constraint', 'ban-create-domain-with-constraint'],
  bad: 'ALTER DOMAIN positive ADD CONSTRAINT small CHECK (VALUE < 1000)',
  good: 'ALTER DOMAIN positive ADD CONSTRAINT small CHECK (VALUE < 1000) NOT VALID',
  find(situation) {
    const { act, schema } = situation;
    if (act.kind !== 'alter-domain') return undefined;
    if (schema.type(act.name)?.bornIn === schema.file && schema.file > 0) return undefined;
    const isValidation = act.change === 'V';
    return onOld(situation).some(isLong)
      ? { seen: costText(situation), severity: isValidation ? 'warning' : 'error' }
      : undefined;
  },
};

/** Whatever else keeps writers out for long. Comes last: where another rule has said so, it is not asked. */
export const longLock: Rule = {
  id: 'long-lock',
  severity: 'error',
  what: 'A statement keeps writers out while rows are read or written, and no other rule knows a way around it',
  instead: 'Find another way to the same end, or allow it with the reason why it does no harm.',
  peers: [],
  bad: 'ALTER TABLE orders ALTER COLUMN quantity SET EXPRESSION AS (1)',
  good: 'ALTER TABLE orders ALTER COLUMN quantity SET STATISTICS 500',
  find(situation) {
    if (isJudged(situation.act)) return undefined;
    const long = onOld(situation).filter(isLong);
    if (long.length === 0) return undefined;
    const isSure = long.some((each) => each.isSure);
    return { seen: costText(situation), severity: isSure ? 'error' : 'warning' };
  },
};

/** Where a rule of its own has looked at all that there is to it. */
function isJudged(act: Act): boolean {
  return act.kind === 'refresh' || (act.kind === 'alter-table' && act.change.kind === 'attach');
}

export const TABLE_RULES: readonly Rule[] = [
  ...[unbounded, fullVacuum, whole, lockTable, refresh, trigger, newTrigger, ruleOrPolicy, domain],
];
