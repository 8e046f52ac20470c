/** Addresses: which can belong to no service, and which lie in a network. */
import { BlockList, isIP } from 'node:net';

/** Addresses that can belong to no service: of this machine, of the link, of clouds' metadata (169.254.169.254 among them). */
const SPECIAL: readonly string[] = [
  ...['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '240.0.0.0/4'],
  ...['100.100.100.200/32', '168.63.129.16/32', '192.0.0.192/32'],
  ...['::/96', 'fe80::/10', 'ff00::/8', 'fd00:ec2::254/128', 'fd20:ce::254/128'],
  // The same inside IPv6, as NAT64 (RFC 6052) and 6to4 (RFC 3056) write them.
  ...['64:ff9b::/104', '64:ff9b::7f00:0/104', '64:ff9b::a9fe:0/112', '64:ff9b::6464:64c8/128'],
  ...['64:ff9b::a83f:8110/128', '64:ff9b::c000:c0/128', '2002:7f00::/24', '2002:a9fe::/32'],
];
const SPECIAL_BLOCKS = blocksOf(SPECIAL);

/** Of this machine, of the link, of a cloud's metadata, of the API server. */
export function isSpecial(address: string): boolean {
  return isIn(address, SPECIAL_BLOCKS) || isApiServer(address);
}

/**
 * Whether an address lies in one of the CIDR blocks. A wide one opens no special address that happens to
 * be in it: for those it has to be a block of special addresses itself, such as 127.0.0.0/8.
 */
export function isWithin(address: string, networks: readonly string[]): boolean {
  const opening = isSpecial(address) ? networks.filter(isSpecialNetwork) : networks;
  return isIn(address, blocksOf(opening));
}

function isSpecialNetwork(network: string): boolean {
  const [address = '', bits = ''] = network.split('/');
  const around = [...SPECIAL, ...apiServer()].filter((block) => isIn(address, blocksOf([block])));
  return around.some((block) => Number(bits) >= Number(block.split('/')[1]));
}

function isApiServer(address: string): boolean {
  return isIn(address, blocksOf(apiServer()));
}

/** Its address, and the same as NAT64 writes it. */
function apiServer(): string[] {
  const address = process.env.KUBERNETES_SERVICE_HOST ?? '';
  switch (isIP(address)) {
    case 4:
      return [`${address}/32`, `64:ff9b::${address}/128`];
    case 6:
      return [`${address}/128`];
    default:
      return [];
  }
}

export function isNetwork(text: string): boolean {
  const [address = '', bits = ''] = text.split('/');
  const most = isIP(address) === 6 ? 128 : 32;
  return isIP(address) !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most;
}

function blocksOf(networks: readonly string[]): BlockList {
  const blocks = new BlockList();
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/');
    blocks.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return blocks;
}

/** IPv4 inside IPv6 (`::ffff:127.0.0.1`) is looked at as what it is. */
function isIn(address: string, blocks: BlockList): boolean {
  return blocks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
