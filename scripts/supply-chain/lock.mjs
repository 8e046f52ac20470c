// What package-lock.json says of each package, and what the package itself says where it is installed.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

/** Where what is made goes; DIST says another folder. */
export const DIST = process.env.DIST || join(ROOT, 'dist');

/** Packages that name no licence but the file it is in, read by a person: this version's alone. */
const LICENCES_READ = { 'spawndamnit@3.0.1': 'MIT' };

const json = (path) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));

/** By folder, as in `node_modules/yaml`; without this project itself and its workspaces. */
export function lockedPackages() {
  return Object.entries(json('package-lock.json').packages)
    .filter(([folder, { link }]) => folder.includes('node_modules/') && !link)
    .map(([folder, { version, license, integrity, dev = false, optional = false }]) => {
      const manifest = join(folder, 'package.json');
      const installed = existsSync(join(ROOT, manifest)) ? json(manifest) : undefined;
      const name = folder.replace(/^.*node_modules\//, '');
      return {
        folder,
        name,
        version,
        integrity,
        isShipped: !dev,
        isOptional: optional,
        installedVersion: installed?.version,
        licences: [LICENCES_READ[`${name}@${version}`] ?? license, licenceIn(installed)].filter(
          (one) => one !== undefined && !one.startsWith('SEE LICENSE IN'),
        ),
      };
    });
}

/** Older packages have an object or a list of them. */
function licenceIn({ license, licenses } = {}) {
  if (Array.isArray(licenses)) return licenses.map(({ type }) => type).join(' OR ');
  return typeof license === 'object' ? license.type : license;
}
