// Debian packages for any processor, without touching what this machine has installed.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';

/** A folder with the packages' files, downloaded once from where apt is told to look. */
export function debianFiles(processor, packages) {
  const folder = resolve(`dist/debian/${processor}`);
  if (existsSync(folder)) return folder;
  mkdirSync('dist/debian', { recursive: true });
  const work = mkdtempSync(resolve('dist/debian/unpacking-'));
  for (const name of ['state/lists/partial', 'cache/archives/partial', 'files']) {
    mkdirSync(join(work, name), { recursive: true });
  }
  writeFileSync(join(work, 'state/status'), '');
  const options = [
    `Dir::State=${work}/state`,
    `Dir::State::status=${work}/state/status`,
    `Dir::Cache=${work}/cache`,
    `APT::Architecture=${processor}`,
    `APT::Architectures=${processor}`,
    // The other user could not write here.
    'APT::Sandbox::User=root',
  ].flatMap((option) => ['-o', option]);
  const apt = (...args) =>
    execFileSync('apt-get', [...options, '-qq', ...args], {
      cwd: join(work, 'cache'),
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  apt('update');
  apt('download', ...packages);
  for (const name of readdirSync(join(work, 'cache')).filter((file) => file.endsWith('.deb'))) {
    execFileSync('dpkg-deb', ['--extract', join(work, 'cache', name), join(work, 'files')]);
  }
  renameSync(join(work, 'files'), folder);
  rmSync(work, { recursive: true, force: true });
  return folder;
}
