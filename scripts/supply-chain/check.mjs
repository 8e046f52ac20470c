// `npm run check:packages`: every package has a licence that goes with Apache-2.0, is the one that the
// lock names by its hash, and was signed by the registry. 1 where one is not.
import { spawnSync } from 'node:child_process';
import { lockedPackages, ROOT } from './lock.mjs';

/** May be part of what is shipped. */
const SHIPPED = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
];
/** Tools and data that are not shipped. */
const BUILDING = [...SHIPPED, 'CC-BY-3.0', 'CC-BY-4.0', 'CC0-1.0'];

/** An expression such as `(MIT OR GPL-3.0)`: one of the choices is enough, of `AND` all are needed. */
export function goesWith(expression, allowed) {
  return expression
    .replaceAll(/[()]/g, '')
    .split(/\s+OR\s+/)
    .some((choice) => choice.split(/\s+AND\s+/).every((one) => allowed.includes(one.trim())));
}

export function faultsOf(packages) {
  return packages.flatMap(
    ({ folder, version, integrity, isShipped, installedVersion, licences }) => {
      const faults = [];
      const allowed = isShipped ? SHIPPED : BUILDING;
      if (licences.length === 0) faults.push(`${folder}: has no licence`);
      for (const licence of new Set(licences)) {
        if (goesWith(licence, allowed)) continue;
        faults.push(
          `${folder}: licence ${licence} is not one that ${isShipped ? 'what is shipped' : 'a tool'} may have`,
        );
      }
      if (!/^sha512-/.test(integrity ?? ''))
        faults.push(`${folder}: no sha512 in package-lock.json`);
      if (installedVersion !== undefined && installedVersion !== version) {
        faults.push(
          `${folder}: ${installedVersion} is installed, package-lock.json says ${version}`,
        );
      }
      return faults;
    },
  );
}

/** Undefined where all signatures are good; `cannot` where the registry's keys could not be fetched. */
export function signatureFault({ status, stdout = '', stderr = '', error }) {
  if (status === 0) return undefined;
  const said = `${stdout}\n${stderr}\n${error?.message ?? ''}`.trim();
  const cannot = /ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|no registry keys/i.test(said);
  const lines = said.split('\n').filter((line) => !/ (code|syscall|errno) /.test(line));
  return {
    cannot,
    message: lines.find((line) => line.trim() !== '') ?? `npm ended with ${status}`,
  };
}

function main() {
  const packages = lockedPackages();
  const faults = faultsOf(packages);
  const signatures = signatureFault(
    spawnSync(
      'npm',
      ['audit', 'signatures', '--fetch-retries=1', '--fetch-retry-mintimeout=1000'],
      {
        cwd: ROOT,
        encoding: 'utf8',
        timeout: 300_000,
        // An npm that was told to be silent would hand that on.
        env: { ...process.env, npm_config_loglevel: 'error' },
      },
    ),
  );
  // Behind a mirror there may be no way to the keys: a release insists on it.
  const isRequired = process.env.SIGNATURES === 'required';
  if (signatures && (isRequired || !signatures.cannot)) faults.push(signatures.message);
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  const shipped = packages.filter(({ isShipped }) => isShipped).length;
  const checked = signatures ? `not checked (${signatures.message})` : 'good';
  process.stdout.write(
    `packages: ${packages.length}, ${shipped} of them shipped; signatures: ${checked}; faults: ${faults.length}\n`,
  );
  process.exitCode = faults.length === 0 ? 0 : 1;
}

if (process.argv[1] === import.meta.filename) main();
