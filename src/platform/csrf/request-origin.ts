import type { IncomingMessage } from 'node:http';

/** Where a browser says that a request comes from, judged against the origins that may act here. */
export type OriginVerdict = 'ours' | 'foreign' | 'unknown';

/**
 * Judges the `Origin` (RFC 6454 §7) and `Sec-Fetch-Site` (Fetch Metadata) of a request: ours are the public origin of
 * the API, the very host that was asked, and the origins that CORS admits. Unknown: no Origin, which no browser of
 * today leaves out of a state-changing request.
 */
export function judgeOrigin(
  { headers }: Pick<IncomingMessage, 'headers'>,
  publicUrl: string,
  admitted: readonly string[],
): OriginVerdict {
  if (headers['sec-fetch-site'] === 'cross-site') return 'foreign';
  const { origin } = headers;
  if (origin === undefined) return 'unknown';
  const { origin: publicOrigin, protocol } = new URL(publicUrl);
  const ours = [publicOrigin, `${protocol}//${headers.host ?? ''}`, ...admitted];
  return ours.includes(origin) ? 'ours' : 'foreign';
}
