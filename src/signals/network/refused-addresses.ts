import { lookup } from 'node:dns';
import { lookup as lookupAll } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import type { LookupFunction } from 'node:net';

/**
 * Where no connection may lead: link-local addresses, behind which clouds keep their instance metadata and credentials, and
 * the addresses outside that range that some clouds use for the same. In every form in which IPv6 can carry them.
 */
const refused = new BlockList();
refuseEverywhere('169.254.0.0', 16);
refuseEverywhere('168.63.129.16', 32); // Azure
refuseEverywhere('100.100.100.200', 32); // Alibaba Cloud
refuseEverywhere('192.0.0.192', 32); // Oracle Cloud
refused.addSubnet('fe80::', 10, 'ipv6');
refused.addAddress('fd00:ec2::254', 'ipv6'); // AWS
refused.addAddress('fd00:ec2::23', 'ipv6'); // AWS, credentials of pods
refused.addAddress('fd20:ce::254', 'ipv6'); // Google Cloud

const refusedNames: readonly string[] = [
  'metadata',
  'metadata.goog',
  'metadata.google.internal',
  'instance-data',
  'instance-data.ec2.internal',
];

/** A host that is, or resolves to, an address which connections may not use. The message completes a sentence that starts with the host. */
export class RefusedAddressError extends Error {
  constructor(address: string) {
    super(`leads to ${address}, a link-local or metadata address, which connections may not use`);
  }
}

/** Throws RefusedAddressError for a name or an address that may not be used whatever it resolves to. Takes IPv6 in brackets or without. */
export function checkHost(host: string): void {
  const bare = host.replace(/^\[|\]$/g, '');
  const name = bare.toLowerCase().replace(/\.$/, '');
  if (isRefused(bare) || refusedNames.includes(name)) throw new RefusedAddressError(bare);
}

/**
 * `dns.lookup` for sockets, which fails where a name has an address that may not be used. Because the socket connects to
 * what was checked, a name server that answers differently the next time gains nothing.
 */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, options, (error, found, family) => {
    const addresses = Array.isArray(found) ? found.map(({ address }) => address) : [found];
    const bad = error ? undefined : addresses.find(isRefused);
    callback(bad === undefined ? error : new RefusedAddressError(bad), found, family);
  });
};

/** All addresses of a host. Rejects with Node's error where there are none, and with RefusedAddressError where one may not be used. */
export async function resolveHost(host: string): Promise<readonly string[]> {
  checkHost(host);
  const bare = host.replace(/^\[|\]$/g, '');
  if (isIP(bare) !== 0) return [bare];
  const addresses = (await lookupAll(bare, { all: true })).map(({ address }) => address);
  for (const address of addresses) checkHost(address);
  return addresses;
}

/** An address of IPv4, also where IPv6 carries it; a block list knows by itself the form `::ffff:`. */
function refuseEverywhere(address: string, prefix: number): void {
  const hex = address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0')).join(''); // prettier-ignore
  const groups = `${hex.slice(0, 4)}:${hex.slice(4)}`;
  refused.addSubnet(address, prefix, 'ipv4');
  refused.addSubnet(`::${groups}`, 96 + prefix, 'ipv6'); // IPv4-compatible
  refused.addSubnet(`64:ff9b::${groups}`, 96 + prefix, 'ipv6'); // NAT64
  refused.addSubnet(`2002:${groups}::`, 16 + prefix, 'ipv6'); // 6to4
}

function isRefused(address: string): boolean {
  const version = isIP(address);
  return version !== 0 && refused.check(address.replace(/%.*$/, ''), version === 6 ? 'ipv6' : 'ipv4');
}
