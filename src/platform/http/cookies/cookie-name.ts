/**
 * The name of one of our cookies. On HTTPS it has the prefix `__Host-` (RFC 6265bis §4.1.3.2): a browser then takes it
 * from this very host only, so that no sibling domain can plant one.
 */
export function cookieName(name: string, publicUrl: string): string {
  return publicUrl.startsWith('https:') ? `__Host-${name}` : name;
}
