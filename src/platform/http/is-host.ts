import { isIPv6 } from 'node:net';

/**
 * `reg-name [":" port]` of RFC 3986 §3.2.2. A comma belongs to the grammar and to no name: it is what two Host headers
 * become when a proxy merges them (RFC 9110 §5.3).
 */
const NAME_AND_PORT = /^(?:[\w.~!$&'()*+;=-]|%[\dA-Fa-f]{2})+(?::(\d*))?$/;
const IPV6_AND_PORT = /^\[([\dA-Fa-f:.]+)\](?::(\d*))?$/;

const PORT_MAX = 65_535;

/** Whether a text is `host [":" port]` (RFC 9110 §7.2, RFC 3986 §3.2): a name or an address, and a port that exists. */
export function isHost(text: string): boolean {
  const name = NAME_AND_PORT.exec(text);
  if (name) return isPort(name[1]);
  const address = IPV6_AND_PORT.exec(text);
  return address !== null && isIPv6(address[1] ?? '') && isPort(address[2]);
}

function isPort(digits = ''): boolean {
  return Number(digits) <= PORT_MAX;
}
