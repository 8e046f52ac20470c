// A recognisable secret in everything that a stage can reach, then good releases, bad ones and bad input
// of every kind through the real programs: it is found nowhere but where it belongs.
import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exampleImages, stageImages } from '../../../embedded-cluster/cluster/images.ts';
import { LEASES } from '../../../embedded-cluster/kubernetes/kinds/core/coordination.ts';
import {
  PERSISTENT_VOLUME_CLAIMS,
  SECRETS,
} from '../../../embedded-cluster/kubernetes/kinds/core/core.ts';
import type { DraftObject } from '../../../embedded-cluster/kubernetes/store/object.ts';
import { logOf, OWN_ACCOUNTS, runEnded, submitRun } from '../support/run.ts';
import { runStage, type Stage } from '../support/stage.ts';
import { type E2eWorld, ROOT, releaseConfig, startWorld } from '../support/world.ts';
import { createAviary } from './aviary.ts';
import { type Elsewhere, startElsewhere } from './elsewhere.ts';
import { startTelltale, telltales } from './telltale.ts';
import { type Wrong, wrongInput } from './wrong.ts';

const NOWHERE = /^never$/;
const STAGES = ['pre-validation', 'deploy', 'post-validation', 'conclude'];
/** Three parts, as every token of a service account has. */
const ANY_TOKEN = /eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/;

const aviary = createAviary();
const { plant } = aviary;

const SECRET = {
  elsewhere: plant('what other servers say', NOWHERE),
  // What a pod is made of is in its template, which the journal keeps for a rollback. A pod that does not
  // start is asked for its last words, which are shown to whoever reads the log.
  pod: plant(
    'what pods say',
    /^(Deployment|ReplicaSet|Pod) |^ConfigMap \S+-release-journal$|^log of crash-1 deploy$/,
  ),
  annotation: plant(
    'an annotation of a pod',
    /^(Deployment|ReplicaSet|Pod) |^ConfigMap \S+-release-journal$/,
  ),
  // A config is kept with the plan that is made of it.
  config: plant('a release config', /^ConfigMap \S+-(release-config|release-journal)$/),
  hook: plant('the address of a webhook', /^Secret addresses$/),
  prometheusToken: plant('the token for Prometheus', /^Secret addresses$/),
  other: plant('another file of a workspace', /^Secret addresses$/),
  registry: plant('the password for the registry', /^Secret registry-login$/),
  file: plant('a file beside a workspace', NOWHERE),
  journal: plant('a journal that somebody has edited', /^ConfigMap odd-release-journal$/),
  kubeconfig: plant('the token in a kubeconfig', NOWHERE),
};

let world: E2eWorld;
let elsewhere: Elsewhere;
let folder: string;
/** By what they are called. */
const outputs = new Map<string, string>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'canary-'));
  elsewhere = await startElsewhere(SECRET.elsewhere);
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  world = await startWorld({
    folder: join(folder, 'cluster'),
    registryLogin: { user: 'robot', password: SECRET.registry },
    images: [...stageImages(ROOT, version), ...exampleImages(ROOT), ...telltales()],
  });
  const login = Buffer.from(`robot:${SECRET.registry}`).toString('base64');
  world.apply(
    secret('addresses', {
      hook: `${elsewhere.url}/hook/${SECRET.hook}`,
      'prometheus-token': SECRET.prometheusToken,
      other: SECRET.other,
      'hook-that-is-none': `no url ${SECRET.other}`,
    }),
    secret('registry-login', {
      'config.json': JSON.stringify({ auths: { [world.cluster.registry]: { auth: login } } }),
    }),
  );
  for (const stage of [...STAGES, 'operate', 'view']) {
    const name = `zero-downtime-${stage}-token`;
    const { token = '' } = (world.get(SECRETS, name)?.data ?? {}) as Record<string, string>;
    const [, , signature = ''] = Buffer.from(token, 'base64').toString().split('.');
    aviary.watch(`the token of ${stage}`, signature, new RegExp(`^Secret ${name}$`));
  }
  const told = { ...SECRET, elsewhere: elsewhere.url };
  const services = ['good', 'bad', 'crash', 'idle'];
  await Promise.all(services.map((name) => startTelltale(world, name, told)));
  await Promise.all([...scenarios(), ...badInputs()]);
}, 110_000);

afterAll(async () => {
  await world.stop();
  await elsewhere.stop();
  rmSync(folder, { recursive: true, force: true });
});

function secret(name: string, stringData: Readonly<Record<string, string>>): DraftObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData };
}

function scenarios(): Promise<void>[] {
  world.cluster.world.objects.create(PERSISTENT_VOLUME_CLAIMS, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'reports', namespace: 'default' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  });
  const workspaces = [
    { name: 'secrets', secret: { secretName: 'addresses' } },
    { name: 'registry-credentials', secret: { secretName: 'registry-login' } },
    { name: 'report', persistentVolumeClaim: { claimName: 'reports' } },
  ];
  const play = async (service: string, tag: string, spec: object): Promise<void> => {
    const name = `${service}-1`;
    submitRun(world, { name, service, tag, spec: { workspaces, ...spec } });
    const { results } = await runEnded(world, name);
    outcomes.set(service, results.outcome ?? 'none');
    for (const stage of STAGES) outputs.set(`log of ${name} ${stage}`, logOf(world, name, stage));
  };
  return [
    play('good', 'v2', OWN_ACCOUNTS),
    play('bad', 'v2-errors', {}),
    play('crash', 'v2-crash', {}),
  ];
}

const outcomes = new Map<string, string>();

const wrongs = () =>
  wrongInput({
    own: SECRET.config,
    elsewhere: elsewhere.url,
    files: join(folder, 'files'),
  });

const NEEDS: Readonly<Partial<Record<Stage, readonly string[]>>> = {
  operate: ['release-id', 'service', 'namespace'],
  conclude: ['release-id', 'service', 'namespace'],
};

function badInputs(): Promise<void>[] {
  layOutFiles();
  const odd = {
    'journal.json': `{"version":1,"history":[],"current":{"plan":"${SECRET.journal}"}}`,
  };
  world.apply(
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'odd' },
      spec: { selector: { app: 'odd' }, ports: [{ port: 80 }] },
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'odd-release-journal' }, data: odd },
  );
  // Two machines' worth of processes at once would time each other out.
  let last: Promise<void> = Promise.resolve();
  const played = Object.entries(wrongs()).map(([what, wrong], at) => {
    const name = `wrong-${at}`;
    if (wrong.config !== undefined) world.apply(releaseConfig(name, wrong.config));
    last = last.then(() => playWrong(what, name, wrong));
    return last;
  });
  return [...played, last.then(behindProxy)];
}

async function playWrong(what: string, name: string, wrong: Wrong): Promise<void> {
  const { stage = 'pre-validation', options = {} } = wrong;
  const all: Readonly<Record<string, string>> = {
    'release-id': name,
    // Nobody releases it meanwhile.
    service: 'idle',
    namespace: 'default',
    'image-tag': 'v2',
    'secrets-dir': join(folder, 'files'),
    'registry-credentials-dir': join(folder, 'files/good'),
    ...(wrong.config === undefined ? {} : { 'config-map': `${name}-release-config` }),
    ...options,
  };
  const needed = NEEDS[stage];
  const given = needed
    ? Object.fromEntries(
        Object.entries(all).filter(([key]) => needed.includes(key) || key in options),
      )
    : all;
  const { stdout, stderr } = await runStage(world, stage, given);
  outputs.set(`output of ${what}`, `${stdout}\n${stderr}`);
}

function layOutFiles(): void {
  const files = join(folder, 'files');
  const write = (path: string, text: string): void => writeFileSync(join(files, path), text);
  for (const path of ['broken', 'wrong', 'good']) mkdirSync(join(files, path), { recursive: true });
  writeFileSync(join(folder, 'outside'), SECRET.file);
  symlinkSync('../outside', join(files, 'link'));
  write('other', SECRET.file);
  write('hook-that-is-none', `no address ${SECRET.file}`);
  write('prometheus-token', SECRET.prometheusToken);
  write('broken/config.json', `{"auths": ${SECRET.file}`);
  const auth = Buffer.from(`robot:${SECRET.file}`).toString('base64');
  write('wrong/config.json', JSON.stringify({ auths: { [world.cluster.registry]: { auth } } }));
  const right = Buffer.from(`robot:${SECRET.registry}`).toString('base64');
  write(
    'good/config.json',
    JSON.stringify({ auths: { [world.cluster.registry]: { auth: right } } }),
  );
}

/** What a stage says where a proxy before the API server repeats what it was asked. */
async function behindProxy(): Promise<void> {
  const user = { token: SECRET.kubeconfig };
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    // Plain HTTP is spoken only where nobody is to be trusted.
    clusters: [{ name: 'c', cluster: { server: elsewhere.url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'c',
  };
  const path = join(folder, 'kubeconfig');
  writeFileSync(path, JSON.stringify(kubeconfig));
  const program = join(ROOT, 'dist/steps/operate/main.cjs');
  const args = ['--command=status', '--release-id=x', '--service=good', '--namespace=default'];
  const said = await new Promise<string>((resolve) => {
    execFile(
      process.execPath,
      [program, ...args],
      { env: { KUBECONFIG: path } },
      (_e, stdout, stderr) => resolve(`${stdout}\n${stderr}`),
    );
  });
  outputs.set('output behind a proxy', said);
}

describe('a secret', () => {
  test('was in reach of releases that went as they should', () => {
    expect(Object.fromEntries(outcomes)).toEqual({
      good: 'promoted',
      bad: 'rolled-back',
      crash: 'rolled-back',
    });
  });

  test('was in reach of every input that was wrong', () => {
    for (const [what, { says }] of Object.entries(wrongs())) {
      expect([what, outputs.get(`output of ${what}`)]).toEqual([what, expect.stringMatching(says)]);
    }
    expect(outputs.get('output behind a proxy')).toMatch(/status 403: the answer is no Status/);
  });

  test('is in no log and no output', () => {
    const found = [...outputs].flatMap(([place, text]) => aviary.foundIn(place, text));
    expect(found).toEqual([]);
    expect([...outputs].filter(([, text]) => ANY_TOKEN.test(text)).map(([place]) => place)).toEqual(
      [],
    );
  });

  test('is in no object of the cluster but its own: no result, status, journal, Event or Lease', () => {
    const objects = world.cluster.world.store.dump();
    expect(objects.filter(({ kind }) => kind === 'Event').length).toBeGreaterThan(10);
    expect(world.list(LEASES).length + objects.length).toBeGreaterThan(50);
    const found = objects.flatMap((object) =>
      aviary.foundIn(`${object.kind} ${object.metadata.name}`, JSON.stringify(object)),
    );
    expect([...new Set(found)]).toEqual([]);
  });

  test('is in no report', () => {
    const pages = readdirSync(join(folder, 'cluster'), {
      recursive: true,
      encoding: 'utf8',
    }).filter((path) => /claims\/.*\.html$/.test(path));
    expect(pages.length).toBeGreaterThanOrEqual(3);
    const found = pages.flatMap((path) =>
      aviary.foundIn(`report ${path}`, readFileSync(join(folder, 'cluster', path), 'utf8')),
    );
    expect(found).toEqual([]);
  });

  test('is told to nobody but whom it is for, and there', () => {
    const { asked } = elsewhere;
    const hooks = asked.filter(({ path }) => path === `/hook/${SECRET.hook}`);
    expect(hooks.length).toBeGreaterThanOrEqual(6);
    expect(
      asked.filter(({ authorization }) => authorization.includes(SECRET.prometheusToken)).length,
    ).toBeGreaterThan(0);
    const found = asked.flatMap(({ path, authorization, rest }) => {
      const [place = ''] = path.split('?');
      const isPrometheus = place.endsWith('/api/v1/query');
      const isApi = path.includes('/namespaces/');
      const mayKnow = [
        ...(isPrometheus ? [SECRET.prometheusToken, SECRET.config] : []),
        ...(isApi ? [SECRET.kubeconfig] : []),
        ...(path.startsWith('/hook/') ? [SECRET.hook] : []),
        ...(path.startsWith('/json/') ? [SECRET.config] : []),
      ];
      const text = mayKnow.reduce(
        (all, one) => all.replaceAll(one, ''),
        `${path} ${authorization} ${rest}`,
      );
      return aviary.foundIn(`request ${place.split('/')[1]}`, text);
    });
    expect([...new Set(found)]).toEqual([]);
  });

  test('is recognised in every writing', () => {
    const { secret: value, name } = aviary.canaries[0] ?? { secret: '', name: '' };
    const writings = [
      value,
      `a${value}b`,
      Buffer.from(`xy:${value}`).toString('base64'),
      value.slice(0, 20),
    ];
    for (const text of writings)
      expect(aviary.foundIn('nowhere', text)).toEqual([`${name} in nowhere`]);
    expect(aviary.foundIn('nowhere', value.slice(0, 8))).toEqual([]);
  });
});
