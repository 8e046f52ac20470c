/**
 * Where a release config may send a stage. Its author chooses URLs, and a stage's pod reaches
 * what he does not: metadata services, the API server, what listens on the node, other teams' Services.
 * So names are looked at before anything is asked, and the addresses that DNS answers before anything
 * is connected. What is allowed beyond the service's own namespace is the installer's to say, in a
 * ConfigMap of the namespace that the stages run in.
 */
import { isIP } from 'node:net';
import { foreignText } from '../../core/base/foreign-text.ts';
import type { Settings } from '../../core/config/settings.ts';
import { configuredUrls } from '../../core/config/urls.ts';
import type { ConfigMap } from '../../core/kubernetes/objects.ts';
import { filledIn } from '../../core/metrics/placeholders.ts';
import { readDocument } from '../base/document.ts';
import { BadInput, StageFailure } from '../base/failure.ts';
import { isNetwork, isSpecial, isWithin } from '../http/addresses.ts';
import type { Kube } from '../kube/client.ts';
import { KubeError } from '../kube/refusal.ts';

export interface Destinations {
  /** Services of these namespaces may be asked. */
  readonly namespaces: readonly string[];
  /** Further hosts: `hooks.example.com`, or `*.example.com` for whatever is below it, `*` for any. */
  readonly hosts: readonly string[];
  /** CIDR blocks that may be asked by address, special ones such as loopback too. */
  readonly networks: readonly string[];
}

/** Where nothing is guarded: a simulated world. */
export const ANYWHERE: Destinations = {
  namespaces: [],
  hosts: ['*.'],
  networks: ['0.0.0.0/0', '::/0', '127.0.0.0/8'],
};

/** The installer's; a release config cannot change it, and `kubectl apply -k .` does not make one. */
const DESTINATIONS_NAME = 'zero-downtime-destinations';
const KEY = 'destinations.yaml';

/** What keeps a URL of a config from being asked; undefined where it may be. Names alone are looked at. */
export function urlIssue(url: string, to: Destinations): string | undefined {
  if (!URL.canParse(url)) return 'is not a URL';
  const { protocol, hostname, username, password } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return 'must be http or https';
  if (username !== '' || password !== '') return 'must not name a user or a password';
  const host = bareHost(hostname);
  if (isIP(host) !== 0) {
    const allowed = isWithin(host, to.networks);
    return allowed ? undefined : `names the address ${host}, ${ALLOW_NETWORK}`;
  }
  return hostFault(host.toLowerCase(), to);
}

const ALLOW_NETWORK = `which is in none of the networks of ConfigMap ${DESTINATIONS_NAME}`;

function hostFault(host: string, { hosts, namespaces }: Destinations): string | undefined {
  const shown = foreignText(host, 80);
  if (hosts.some((pattern) => isHost(host, pattern.toLowerCase()))) return undefined;
  const service = /^([a-z0-9-]+)(?:\.([a-z0-9-]+)(?:\.svc(?:\.cluster\.local)?)?)?$/.exec(host);
  if (!service) return `leads to ${shown}, ${ALLOW_HOST}`;
  const [, name = '', namespace = namespaces[0] ?? ''] = service;
  if (name === 'kubernetes' || name === 'localhost' || namespace === 'localhost') {
    return `leads to ${shown}, which no metric and no message is for`;
  }
  if (namespaces.includes(namespace)) return undefined;
  return `leads to ${shown}, in a namespace that is not the service's own; ${ALLOW_HOST}`;
}

const ALLOW_HOST = `which ConfigMap ${DESTINATIONS_NAME} does not allow: its hosts and namespaces are the installer's to say`;

function isHost(host: string, pattern: string): boolean {
  if (pattern === '*') return true;
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
}

/** Throws BadInput with every URL of the config that leads where the stage may not ask. */
export async function refuseDestinations(
  destinations: () => Promise<Destinations>,
  settings: Settings,
): Promise<void> {
  if (configuredUrls(settings).length === 0) return;
  const faults = destinationFaults(settings, await destinations());
  if (faults.length > 0) throw new BadInput(faults);
}

/** What is wrong with the URLs that a config names, each with its path. */
function destinationFaults(settings: Settings, to: Destinations): string[] {
  return configuredUrls(settings).flatMap(({ path, url }) => {
    const fault = urlIssue(filledIn(url, NO_SIDE), to);
    return fault === undefined ? [] : [`release config: ${path} ${fault}`];
  });
}

/** For the placeholders of a URL: whose pods it is asked for does not change where it leads. */
const NO_SIDE = { namespace: 'x', service: 'x', side: 'stable', backend: 'x', pods: [] } as const;

/** What keeps an address that DNS has answered from being connected to. */
export function addressIssue(address: string, to: Destinations): string | undefined {
  if (!isSpecial(address) || isWithin(address, to.networks)) return undefined;
  return `its name leads to ${address}, ${ALLOW_NETWORK}`;
}

/** Whether the installer lets a config lead to this host, whatever namespace it may be in. */
export function hostAllowed(hostname: string, to: Destinations): boolean {
  const host = bareHost(hostname);
  if (isIP(host) !== 0) return isWithin(host, to.networks);
  return to.hosts.some((pattern) => isHost(host.toLowerCase(), pattern.toLowerCase()));
}

/** An address of IPv6 has brackets in a URL, and a name may end with the root's dot. */
export function bareHost(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

/**
 * What the installer allows, and the service's own namespace, which comes first. Without a ConfigMap
 * nothing more; throws with exit code 3 where what it says cannot be understood.
 */
export async function loadDestinations(
  kube: Pick<Kube, 'get'>,
  installed: string,
  namespace: string,
): Promise<Destinations> {
  const target = { apiVersion: 'v1', kind: 'ConfigMap', namespace: installed };
  const found = await kube
    .get<ConfigMap>({ ...target, name: DESTINATIONS_NAME })
    .catch((thrown: unknown) => {
      // A stage that may not look has nothing that is allowed beyond his own.
      if (thrown instanceof KubeError && thrown.status === 403) return undefined;
      throw thrown;
    });
  const written = readWritten(found?.data?.[KEY] ?? '{}');
  const own = listOf(written, 'namespaces');
  return {
    namespaces: [namespace, ...own],
    hosts: listOf(written, 'hosts'),
    networks: listOf(written, 'networks').map((network) => {
      if (!isNetwork(network)) throw notUnderstood('networks must be CIDR blocks: 10.0.0.0/8');
      return network;
    }),
  };
}

function readWritten(text: string): unknown {
  const { value, faults } = readDocument(text);
  const [fault] = faults;
  if (fault) throw notUnderstood(fault.message);
  return value;
}

function listOf(written: unknown, key: string): readonly string[] {
  const list: unknown = Object(written)[key] ?? [];
  if (Array.isArray(list) && list.every((each) => typeof each === 'string')) return list;
  throw notUnderstood(`${key} must be a list of texts`);
}

function notUnderstood(why: string): StageFailure {
  const advice = 'it is the installer who keeps it: docs/permissions.md';
  return new StageFailure(3, `ConfigMap ${DESTINATIONS_NAME}, ${KEY}: ${why}`, advice);
}
