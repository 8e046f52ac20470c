// The images as a cluster would get them, built from a base that is made here and now.
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openWorkshop, type Workshop, whyNot } from './buildah.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const STAGES = readdirSync(resolve(ROOT, 'steps'));
const APART = ['cel.cjs', 'linter.cjs', 'nodemailer.cjs', 'promql.cjs'];
const BASE = 'localhost/base:test';
const REGISTRY = 'localhost/images';
const MOST_BYTES = 1_000_000;
/** PostgreSQL's parser as WebAssembly, and the driver. */
const PARSER_BYTES = 1_000_000;
const BUILD_TIMEOUT_MS = 300_000;

/** What stands in a container, and who looks at it. */
const LOOK_AROUND = `
  const { readdirSync, readFileSync, statSync } = require('node:fs');
  const { gzipSync } = require('node:zlib');
  const entries = readdirSync('/app', { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  process.stdout.write(JSON.stringify({
    uid: process.getuid(),
    root: readdirSync('/').filter((name) => !['dev', 'proc', 'run', 'sys'].includes(name)),
    files: files.map(({ parentPath, name }) => {
      const path = parentPath + '/' + name;
      const { uid, mode } = statSync(path);
      const pulled = gzipSync(readFileSync(path)).length;
      return { name, pulled, uid, readable: (mode & 0o044) === 0o044 };
    }),
  }));`;

/** Starts the stage, and tells what V8 made of the cache. */
const TELL_OF_CACHE = `
  const [, main] = process.argv;
  process.on('exit', () => {
    const { cachedDataRejected } = require.cache[main].exports;
    console.log('cache:', { true: 'rejected', false: 'taken' }[cachedDataRejected] ?? 'none');
  });
  require(main);`;

interface Surroundings {
  uid: number;
  root: string[];
  /** `pulled`: bytes, compressed as layers are when they are pulled. */
  files: { name: string; pulled: number; uid: number; readable: boolean }[];
}

const obstacle = whyNot();
const title = obstacle === undefined ? 'the images' : `the images (not built: ${obstacle})`;

(obstacle === undefined ? describe : describe.skip)(title, () => {
  let workshop: Workshop;
  beforeAll(() => {
    workshop = openWorkshop();
    const platforms = 'linux/amd64,linux/arm64';
    workshop.make('base-image', { BASE, PLATFORMS: platforms });
    workshop.make('images', { BASE, REGISTRY, TAG: 'v1', PLATFORMS: platforms });
    workshop.make('images', { BASE, REGISTRY, TAG: 'again' });
  }, BUILD_TIMEOUT_MS);
  afterAll(() => workshop.close());

  const native = { x64: 'amd64', arm64: 'arm64' }[process.arch as 'x64' | 'arm64']; // what buildah runs on
  const foreign = native === 'amd64' ? 'arm64' : 'amd64';

  describe.each(STAGES)('of %s', (stage) => {
    const image = `${REGISTRY}/${stage}:v1-${native}`;

    test('has the base, shared with all others, and little on top', () => {
      const base = workshop.inspect(`${BASE}-${native}`);
      const { layers } = workshop.inspect(image);
      expect(layers.slice(0, base.layers.length)).toEqual(base.layers);
      expect(layers).toHaveLength(base.layers.length + 2);
      const found: Surroundings = JSON.parse(
        workshop.run(image, ['/nodejs/bin/node', '-e', LOOK_AROUND]),
      );
      const bytes = found.files.reduce((sum, { pulled }) => sum + pulled, 0);
      const names = found.files.map(({ name }) => name).sort();
      // Two read SQL, and have PostgreSQL's parser beside them.
      const readsSql = ['database-migration', 'pre-validation'].includes(stage);
      const parser = readsSql ? ['libpg-query.wasm'] : [];
      // Of what is large and loaded by few, what its own program asks for.
      const program = readFileSync(resolve(ROOT, `dist/steps/${stage}/stage.cjs`), 'utf8');
      const apart = APART.filter((file) => program.includes(`/${file}`));
      const all = [...apart, ...parser, 'main.cjs', 'stage.cache', 'stage.cjs'];
      expect(names).toEqual(all.sort());
      expect(bytes).toBeLessThanOrEqual(MOST_BYTES + (readsSql ? PARSER_BYTES : 0));
      // Nothing of the image belongs to who runs it, and all of it can be read.
      expect(found.uid).toBe(65532);
      expect(found.files.filter(({ uid, readable }) => uid !== 0 || !readable)).toEqual([]);
      const places = ['app', 'etc', 'home', 'lib', 'nodejs', 'tmp', 'usr'];
      expect(found.root.filter((name) => name !== 'lib64').sort()).toEqual(places);
    });

    test('runs the command of its Task as nobody in particular, from a filled cache', () => {
      const help = ['/nodejs/bin/node', '/app/main.cjs', '--help'];
      const said = workshop.run(image, help);
      expect(said).toContain(`${stage}: `);
      // Of a package that should not have come along.
      expect(said).not.toContain('DeprecationWarning');
      // Some clusters give every namespace a user of its own.
      for (const user of ['65532', '1000680000']) {
        const looking = ['/nodejs/bin/node', '-e', TELL_OF_CACHE, '/app/main.cjs', '--help'];
        expect(workshop.run(image, looking, [`--user=${user}`])).toContain('cache: taken');
      }
      const { config } = workshop.inspect(image);
      expect(config.User).toBe('65532:65532');
    });

    test('says what it is, where from and under which terms', () => {
      const { Labels } = workshop.inspect(image).config;
      const label = (name: string) => Labels[`org.opencontainers.image.${name}`];
      expect(label('title')).toBe(stage);
      expect(label('version')).toBe('v1');
      expect(label('licenses')).toBe('Apache-2.0');
      expect(label('source')).toMatch(/^https:/);
      expect(label('revision')).toMatch(/^[0-9a-f]{40}$/);
    });

    test('is the same when it is built again', () => {
      const again = workshop.inspect(`${REGISTRY}/${stage}:again`);
      expect(again.layers).toEqual(workshop.inspect(image).layers);
    });

    test('is there for the other processor too, with the same program', () => {
      const other = workshop.inspect(`${REGISTRY}/${stage}:v1-${foreign}`);
      const base = workshop.inspect(`${BASE}-${foreign}`);
      expect(other.architecture).toBe(foreign);
      expect(other.layers[0]).toBe(base.layers[0]);
      expect(other.layers[1]).toBe(workshop.inspect(image).layers[1]);
    });
  });

  test('have no shell to break into', () => {
    const image = `${REGISTRY}/${STAGES[0]}:v1-${native}`;
    expect(() => workshop.run(image, ['/bin/sh', '-c', 'true'])).toThrow(/no such file/);
  });
});
