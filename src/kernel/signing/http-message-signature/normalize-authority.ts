import type { HttpRequest } from './http-request.js';

const DEFAULT_PORT: Readonly<Record<HttpRequest['scheme'], string>> = { http: ':80', https: ':443' };

/** Host and port in lower case, without the scheme's default port (RFC 9421 §2.2.3). */
export function normalizeAuthority(request: Pick<HttpRequest, 'authority' | 'scheme'>): string {
  const authority = request.authority.toLowerCase();
  const port = DEFAULT_PORT[request.scheme];
  return authority.endsWith(port) ? authority.slice(0, -port.length) : authority;
}
