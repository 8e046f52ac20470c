// What a release does with images that are in the registry, and with the bundle: `npm run release -- sign`
// signs both and attaches what they are made of, and how. Needs docker, cosign and, for the signature
// without a key, the identity that a workflow has.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STAGES } from '../stages.mjs';
import { DIST, ROOT } from './lock.mjs';
import { provenance } from './provenance.mjs';

const OUT = join(DIST, 'release');
const { version, repository } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const REGISTRY = process.env.REGISTRY || 'ghcr.io/zero-downtime-deployment';
const TAG = process.env.TAG || `v${version}`;

const [command] = process.argv.slice(2);
if (command !== 'sign' && command !== 'verify') {
  process.stderr.write('usage: release.mjs sign|verify\n');
  process.exit(2);
}
mkdirSync(OUT, { recursive: true });
if (command === 'sign') sign();
else verify();

function run(program, ...args) {
  return execFileSync(program, args, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** By digest: a tag may be moved between the push and the signature. */
function imageOf(stage) {
  const name = `${REGISTRY}/${stage}`;
  const format = '{{.Manifest.Digest}}';
  const digest = run(
    'docker',
    'buildx',
    'imagetools',
    'inspect',
    `${name}:${TAG}`,
    '--format',
    format,
  ).trim();
  if (!/^sha256:[0-9a-f]{64}$/.test(digest))
    throw new Error(`${name}:${TAG} has no digest: ${digest}`);
  return { name, digest };
}

function sign() {
  const images = STAGES.map(imageOf);
  const statement = join(OUT, 'provenance.json');
  writeFileSync(statement, `${JSON.stringify(provenance(process.env, repository.url), null, 2)}\n`);
  for (const [at, { name, digest }] of images.entries()) {
    const image = `${name}@${digest}`;
    const attest = (type, path) =>
      run('cosign', 'attest', '--yes', '--type', type, '--predicate', path, image);
    run('cosign', 'sign', '--yes', image);
    attest('cyclonedx', join(DIST, `sbom/${STAGES[at]}.cdx.json`));
    attest('slsaprovenance1', statement);
    process.stdout.write(`signed ${image}\n`);
  }
  const bundle = packed();
  run('cosign', 'sign-blob', '--yes', '--bundle', `${bundle}.sigstore.json`, bundle);
  const sum = createHash('sha256').update(readFileSync(bundle)).digest('hex');
  const lines = images.map(({ name, digest }) => `${digest.slice(7)}  ${name}:${TAG}`);
  const file = bundle.slice(OUT.length + 1);
  writeFileSync(join(OUT, 'digests.txt'), [...lines, `${sum}  ${file}`, ''].join('\n'));
  process.stdout.write(`signed ${file}\n`);
}

/** The same bytes from the same commit, wherever and whenever it is packed. */
function packed() {
  const path = join(OUT, `zero-downtime-deployment-${version}.tar.gz`);
  const plain = [
    '--sort=name',
    '--mtime=@0',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--mode=u=rwX,go=rX',
  ];
  const tar = execFileSync('tar', [...plain, '-cf', '-', '-C', DIST, 'bundle'], {
    maxBuffer: 256 * 2 ** 20,
  });
  writeFileSync(path, execFileSync('gzip', ['-n', '-9'], { input: tar, maxBuffer: 256 * 2 ** 20 }));
  return path;
}

/** As an installer would: the signature, and that the workflow of this repository made it. */
function verify() {
  const identity = [
    '--certificate-identity-regexp',
    `^${repository.url}/\\.github/workflows/release\\.yaml@refs/tags/v`,
    '--certificate-oidc-issuer',
    'https://token.actions.githubusercontent.com',
  ];
  for (const { name, digest } of STAGES.map(imageOf)) {
    const image = `${name}@${digest}`;
    run('cosign', 'verify', ...identity, image);
    for (const type of ['cyclonedx', 'slsaprovenance1']) {
      run('cosign', 'verify-attestation', '--type', type, ...identity, image);
    }
    process.stdout.write(`good ${image}\n`);
  }
}
