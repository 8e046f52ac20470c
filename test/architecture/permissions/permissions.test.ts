// Least privilege, proved: every scenario is played at once, and every call to the API is recorded.
// A call that is refused and a right that nobody has used are both faults.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { applyPath } from '../../../embedded-cluster/cluster/manifests.ts';
import { type E2eWorld, ROOT, startWorld } from '../../e2e/support/world.ts';
import { createLedger, grantedRights, rbacObjects } from './ledger.ts';
import { leftToRecover, RECOVERED_WITHIN_MS } from './left.ts';
import { addOtherWriters, SCENARIOS } from './scenarios.ts';

/** More of them would wait for the machine, not for the cluster. */
const AT_ONCE = 5;
/** Longer than a run is waited for, which says more of what was missed. */
const ENDED_WITHIN_MS = 120_000;

const ledger = createLedger();
const outcomes = new Map<string, Promise<string>>();
let world: E2eWorld;
let recovering: Promise<string>;

beforeAll(async () => {
  world = await startWorld({ onCall: ledger.onCall });
  addOtherWriters(world);
  // Whatever a stage does, it does with these in force.
  for (const name of ['dry-run-only', 'by-is-caller']) {
    applyPath(world.cluster, join(ROOT, `manifests/policies/${name}.yaml`));
  }
  for (const [name, { play }] of Object.entries(SCENARIOS)) {
    const before = Promise.allSettled([...outcomes.values()].slice(-AT_ONCE, 1 - AT_ONCE));
    outcomes.set(
      name,
      before.then(() => play(world)),
    );
  }
  recovering = leftToRecover(world, Promise.allSettled([...outcomes.values()]));
  // Awaited by the last test: a failure before then is that test's, and no unhandled rejection.
  recovering.catch(() => undefined);
});

afterAll(() => world.stop());

describe('each stage', () => {
  test.each(Object.entries(SCENARIOS))(
    '%s ends as it should',
    async (name, { outcome }) => {
      expect(await outcomes.get(name)).toBe(outcome);
    },
    ENDED_WITHIN_MS,
  );

  test(
    'recovers what runs that are gone have left',
    async () => {
      expect(await recovering).toBe('rolled-back');
    },
    RECOVERED_WITHIN_MS,
  );

  test('is refused nothing that it asks for', () => {
    expect([...ledger.refused]).toEqual([]);
  });

  test('makes use of every right that it has', () => {
    const unused = [...grantedRights()].filter((right) => !ledger.used.has(right));
    expect(unused).toEqual([]);
  });
});

describe('each account', () => {
  test.each([
    'pre-validation',
    'security-scan',
    'database-migration',
    'deploy',
    'post-validation',
    'conclude',
    'operate',
    'view',
  ])(
    'zero-downtime-%s is acted as by the token of its pod where the run says so, and else by one that lasts',
    (stage) => {
      const kinds = ledger.tokens.get(`zero-downtime-${stage}`) ?? new Set();
      expect([...kinds].sort()).toEqual(['long-lived', 'short-lived']);
    },
  );

  test('zero-downtime-recover never has a token that outlives its pod', () => {
    expect([...(ledger.tokens.get('zero-downtime-recover') ?? [])]).toEqual(['short-lived']);
  });
});

describe('the manifests in manifests/rbac/', () => {
  const rules = rbacObjects().flatMap(({ rules: all = [] }) => all);

  test('name every resource, verb and group', () => {
    expect(JSON.stringify(rules)).not.toContain('*');
  });

  test('let nobody read a Secret, impersonate, escalate or bind', () => {
    const words = rules.flatMap(({ resources, verbs }) => [...resources, ...verbs]);
    for (const word of ['secrets', 'impersonate', 'escalate', 'bind', 'pods/exec']) {
      expect(words).not.toContain(word);
    }
  });

  test('bind roles of this project only', () => {
    const bound = rbacObjects().flatMap(({ roleRef }) => roleRef?.name ?? []);
    expect(bound.filter((name) => !name.startsWith('zero-downtime-'))).toEqual([]);
  });
});
