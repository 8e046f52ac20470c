// Which pushes release which services: the installer's list, as it is written in YAML.
// What is in it comes into CEL expressions, so that nothing is taken that could be more than a name.
import { parseAllDocuments } from 'yaml';

const REPOSITORY = /^[A-Za-z0-9._~-]{1,100}(\/[A-Za-z0-9._~-]{1,100}){1,10}$/;
const BRANCH = /^[A-Za-z0-9_][A-Za-z0-9._/-]{0,99}$/;
const SERVICE = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
const PATH = /^[A-Za-z0-9._@+-][A-Za-z0-9._@+ /-]{0,199}$/;
const CONCURRENCY = ['queue', 'supersede', 'refuse'];
const KEYS = ['branch', 'concurrency', 'forced', 'preReleases', 'services'];

/** The repositories, each with all that can be said of it; throws with every fault at once. */
export function readPushes(text) {
  const documents = parseAllDocuments(text);
  const [document] = documents;
  const broken = documents.flatMap(({ errors }) => errors).map(({ message }) => firstLine(message));
  if (broken.length > 0) throw new Error(broken.join('\n'));
  if (documents.length > 1) throw new Error(`${documents.length} YAML documents instead of one`);
  const faults = [];
  const repositories = readAll(document?.toJS(), faults);
  sameServiceTwice(repositories, faults);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return repositories;
}

function readAll(written, faults) {
  if (!isMap(written) || !isMap(written.repositories)) {
    faults.push('repositories: must be a map from full names (acme/shop) to what they release');
    return [];
  }
  for (const key of unknown(written, ['repositories'])) faults.push(`${key}: is not a known key`);
  const named = Object.entries(written.repositories);
  if (named.length === 0) faults.push('repositories: names none, so that no push would release');
  return named.map(([name, how]) => readOne(name, how ?? {}, faults));
}

function readOne(name, how, faults) {
  const at = `repositories.${name}`;
  if (!REPOSITORY.test(name)) {
    faults.push(`${at}: must be a full name such as acme/shop, with its owner, project or group`);
  }
  if (!isMap(how)) {
    faults.push(`${at}: must be a map (${KEYS.join(', ')}), or {}`);
    return { name, services: [] };
  }
  for (const key of unknown(how, KEYS)) faults.push(`${at}.${key}: is not a known key`);
  const { branch = 'main', concurrency = 'queue', forced = false, preReleases = false } = how;
  if (typeof branch !== 'string' || !BRANCH.test(branch)) {
    faults.push(`${at}.branch: must be the name of a branch`);
  }
  if (!CONCURRENCY.includes(concurrency)) {
    faults.push(`${at}.concurrency: must be one of ${CONCURRENCY.join(', ')}`);
  }
  for (const [key, value] of Object.entries({ forced, preReleases })) {
    if (typeof value !== 'boolean') faults.push(`${at}.${key}: must be true or false`);
  }
  const services = readServices(name, how.services, at, faults);
  return { name, branch, concurrency, forced, preReleases, services };
}

/** Without a list: the repository is one service, of the same name. */
function readServices(name, written, at, faults) {
  if (written === undefined) {
    const service = name.slice(name.lastIndexOf('/') + 1);
    if (!SERVICE.test(service)) {
      faults.push(`${at}: is not the name of a Service; say which it releases, under services`);
    }
    return [{ name: service, paths: [] }];
  }
  if (!isMap(written) || Object.keys(written).length === 0) {
    faults.push(`${at}.services: must be a map from services to the folders that they are made of`);
    return [];
  }
  return Object.entries(written).map(([service, paths]) => {
    const here = `${at}.services.${service}`;
    if (!SERVICE.test(service)) faults.push(`${here}: is not the name of a Service`);
    return { name: service, paths: readPaths(paths ?? [], here, faults) };
  });
}

function readPaths(written, at, faults) {
  if (!Array.isArray(written)) {
    faults.push(`${at}: must be a list of folders and files; [] is the whole repository`);
    return [];
  }
  return written.map((path, index) => {
    const isPath = typeof path === 'string' && PATH.test(path) && !path.split('/').includes('..');
    if (!isPath) faults.push(`${at}[${index}]: must be a path below the repository's own folder`);
    return String(path).replace(/\/+$/, '');
  });
}

/** Two repositories that release one service would take turns in undoing each other's work. */
function sameServiceTwice(repositories, faults) {
  const first = new Map();
  for (const { name, services } of repositories) {
    for (const service of services) {
      const other = first.get(service.name);
      if (other !== undefined) {
        faults.push(
          `repositories.${name}: service ${service.name} is released by ${other} already`,
        );
      }
      first.set(service.name, name);
    }
  }
}

const isMap = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const unknown = (map, known) => Object.keys(map).filter((key) => !known.includes(key));
const firstLine = (message) => message.split('\n')[0].replace(/:$/, '');
