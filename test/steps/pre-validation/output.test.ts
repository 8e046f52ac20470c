// With --output=json, programs get one document whatever comes of it, and it is of the published schema.
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import type { StageSection } from '../../../core/journal/stage-sections.ts';
import type { Preview } from '../../../core/report/preview/schema.ts';
import { PREVIEW_SCHEMA } from '../../../core/report/preview/schema.ts';
import type { StageContext } from '../../../effects/context/stage-context.ts';
import { saveSection } from '../../../effects/ownership/journal/stage-sections.ts';
import { stage } from '../../../steps/pre-validation/stage.ts';
import { APP } from '../../core/support/objects.ts';
import { AT, RUN } from '../../core/support/releases.ts';
import { QUICK } from '../../effects/support/toy-service.ts';
import { NODE, type Staged, staged } from '../support.ts';

const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(PREVIEW_SCHEMA);
const JSON_OUTPUT = { output: 'json', strategy: 'blue-green', 'dry-run': 'true' };
const DIGEST = `sha256:${'1'.repeat(64)}`;

async function printed(
  { run, world }: Staged,
  given: Readonly<Record<string, string>> = {},
  own: Partial<StageContext> = {},
) {
  const { document = '', exitCode, summary } = await run({ ...JSON_OUTPUT, ...given }, own);
  expect(world.lines).toEqual([]);
  expect(summary ?? '').toBe('');
  expect(document).not.toContain('\n');
  const preview: Preview = JSON.parse(document);
  validate(preview);
  expect(validate.errors ?? []).toEqual([]);
  expect(preview.exitCode).toBe(exitCode);
  return preview;
}

const preview = async (
  setting: Parameters<typeof staged>[1] = {},
  given: Readonly<Record<string, string>> = {},
) => printed(await staged(stage, { objects: [NODE], ...setting }), given);

describe('the document', () => {
  test('has what would be released, step by step, what is warned of, and what was well', async () => {
    const { verdict, plan, findings, checked, service, release } = await preview();
    expect({ verdict, service, release }).toEqual({
      verdict: 'passed',
      service: APP,
      release: RUN,
    });
    expect(plan).toMatchObject({
      strategy: 'blue-green',
      podsBefore: 3,
      expectedOutcome: 'promoted',
    });
    expect(plan?.to).toMatch(/:v2@sha256:[0-9a-f]{64}$/);
    expect(plan?.steps.map(({ text }) => text)).toContain('switching');
    expect(findings.map(({ verdict: each }) => each)).not.toContain('refused');
    expect(findings.length).toBeGreaterThan(0);
    expect(checked.join('\n')).toContain('check=cluster');
  });

  test('of a refusal has every finding, what to do, and what is set aside with its reason', async () => {
    const ignore = [{ check: 'capacity', reason: 'nodes are added by hand' }];
    const ignored = await preview({ objects: [], config: { ...QUICK, preflight: { ignore } } });
    expect(ignored.findings).toContainEqual(
      expect.objectContaining({
        check: 'capacity',
        verdict: 'ignored',
        reason: 'nodes are added by hand',
      }),
    );
    const refused = await preview({ objects: [] });
    expect(refused).toMatchObject({ verdict: 'refused', exitCode: 1, code: 'preflight-capacity' });
    expect(refused.next).not.toBe('');
    expect(refused.findings[0]).toMatchObject({ check: 'capacity', verdict: 'refused' });
  });

  test('has which versions were held against each other', async () => {
    const rules = [{ match: '*', requires: { ledger: '>=2.3' } }];
    const { versions, verdict } = await preview(
      { config: { ...QUICK, compatibility: { versions: rules } } },
      {},
    );
    expect(verdict).toBe('refused');
    expect(versions).toMatchObject({
      candidate: '2.0.0',
      needs: [{ service: APP, needs: 'ledger', range: '>=2.3', runs: [] }],
    });
  });

  test('has all faults of the input at once', async () => {
    const { verdict, code, errors } = await preview({}, { strategy: 'big-bang', 'image-tag': '' });
    expect({ verdict, code }).toEqual({ verdict: 'bad-input', code: 'bad-input' });
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringContaining('param image-tag'),
      expect.stringContaining('param deployment-strategy'),
    ]);
  });

  test('says so where the cluster does not answer', async () => {
    const cluster = await staged(stage, { objects: [NODE] });
    cluster.world.api.answers('GET services', { status: 403 }, Number.POSITIVE_INFINITY);
    expect(await printed(cluster)).toMatchObject({ verdict: 'undecided', exitCode: 3, plan: null });
  });

  test('where this version runs already has no plan, and a note', async () => {
    const ask = async () => ({ kind: 'failed', why: 'ECONNREFUSED', headers: new Map() }) as const;
    const cluster = await staged(stage, { objects: [NODE] });
    const { plan, note, verdict } = await printed(cluster, { 'image-tag': 'v1' }, { ask });
    expect({ plan, verdict }).toEqual({ plan: null, verdict: 'passed' });
    expect(note).not.toBe('');
  });

  test('shows nothing to a terminal that came with a name, a reason or a tag', async () => {
    const ignore = [{ check: 'capacity', reason: '\u001b[2J\u202eevil' }];
    const cluster = await staged(stage, {
      objects: [],
      config: { ...QUICK, preflight: { ignore } },
    });
    const { document = '' } = await cluster.run(JSON_OUTPUT);
    expect(document).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    expect(document).toContain('evil');
  });
});

describe('the verdict of security-scan', () => {
  const section = (facts: StageSection['facts']): StageSection => ({
    version: 1,
    run: RUN,
    state: 'done',
    since: AT,
    facts,
  });
  async function scanned(facts: StageSection['facts']) {
    const cluster = await staged(stage, { objects: [NODE] });
    const place = { namespace: 'default', service: APP };
    const { kube } = cluster.world.stage('security-scan', {});
    await saveSection(kube, place, 'security-scan', section(facts));
    return printed(cluster);
  }

  test('of the same run is told, and whether it is about this image', async () => {
    const facts = { verdict: 'warned', digest: DIGEST, told: 'warned: app; 3 critical' };
    expect((await scanned(facts)).security).toEqual({ ...facts, sameImage: false });
  });

  test('is none where somebody has written another word into the journal', async () => {
    const { security } = await scanned({ verdict: '<b>fine</b>', digest: 7, told: {} });
    expect(security).toMatchObject({ verdict: 'none', digest: '' });
  });

  test('is waited for where it runs beside, and not for ever', async () => {
    const cluster = await staged(stage, { objects: [NODE] });
    const before = cluster.world.clock.now();
    const { security, verdict } = await printed(cluster, { 'security-scan': 'run' });
    expect({ verdict, security: security.verdict }).toEqual({
      verdict: 'passed',
      security: 'none',
    });
    expect(cluster.world.clock.now() - before).toBeGreaterThanOrEqual(180_000);
  });
});

test('an output that does not exist is one clear error', async () => {
  const { run } = await staged(stage, { objects: [NODE] });
  const { exitCode, message } = await run({ output: 'yaml' });
  expect({ exitCode, message }).toEqual({
    exitCode: 2,
    message: 'param output: "yaml" must be one of text, json',
  });
});
