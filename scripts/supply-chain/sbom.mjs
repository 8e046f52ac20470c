// `npm run sbom`: what each stage's program is made of, as CycloneDX in dist/sbom/<stage>.cdx.json.
// npm describes the packages; esbuild has said which of them are in the bundle.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIST, lockedPackages, ROOT } from './lock.mjs';

const OUT = join(DIST, 'sbom');

const bundled = JSON.parse(readFileSync(join(ROOT, 'dist/packages.json'), 'utf8'));
const all = JSON.parse(
  // All of them: told to omit what is for development, npm omits what is for both as well.
  execFileSync('npm', ['sbom', '--package-lock-only', '--sbom-format=cyclonedx'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
  }),
);
const { name, version, license, repository } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
);
const references = new Map(
  lockedPackages().map((one) => [one.folder, `${one.name}@${one.version}`]),
);
// The same commit has the same description, whenever it is made.
const committedAt = execFileSync('git', ['show', '-s', '--format=%cI', 'HEAD'], {
  cwd: ROOT,
  encoding: 'utf8',
}).trim();

mkdirSync(OUT, { recursive: true });
for (const [stage, folders] of Object.entries(bundled)) {
  const path = join(OUT, `${stage}.cdx.json`);
  writeFileSync(path, `${JSON.stringify(described(stage, folders), null, 2)}\n`);
}
process.stdout.write(`dist/sbom: ${Object.keys(bundled).join(', ')}\n`);

function described(stage, folders) {
  const inside = new Set(folders.map((folder) => references.get(folder)));
  const components = all.components.filter((component) => inside.has(component['bom-ref']));
  if (components.length !== inside.size) {
    throw new Error(`${stage}: npm describes ${components.length} of ${inside.size} packages`);
  }
  const reference = `${stage}@${version}`;
  const program = readFileSync(join(ROOT, `dist/steps/${stage}/stage.cjs`));
  const component = {
    'bom-ref': reference,
    type: 'application',
    name: stage,
    group: name,
    version,
    hashes: [{ alg: 'SHA-512', content: createHash('sha512').update(program).digest('hex') }],
    licenses: [{ license: { id: license } }],
    externalReferences: [{ type: 'vcs', url: repository.url }],
  };
  const dependencies = [
    { ref: reference, dependsOn: [...inside].sort() },
    ...all.dependencies
      .filter(({ ref }) => inside.has(ref))
      .map(({ ref, dependsOn = [] }) => ({
        ref,
        dependsOn: dependsOn.filter((one) => inside.has(one)),
      })),
  ];
  const metadata = { ...all.metadata, timestamp: committedAt, component };
  const body = { metadata, components, dependencies };
  const { $schema, bomFormat, specVersion } = all;
  const serialNumber = `urn:uuid:${uuidOf(JSON.stringify(body))}`;
  return { $schema, bomFormat, specVersion, serialNumber, version: 1, ...body };
}

/** Version 8: a UUID made of what it names. */
function uuidOf(text) {
  const hex = createHash('sha256').update(text).digest('hex');
  const variant = ((Number.parseInt(hex[16], 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
