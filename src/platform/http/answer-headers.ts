import type { Config } from '../config/index.js';

/** Two years, as browsers' preload lists ask. */
const STRICT_TRANSPORT_SECURITY = 'max-age=63072000; includeSubDomains';

/**
 * Headers of every answer unless the operation says otherwise: answers are private, are what their type says, are no
 * document that could load or run anything, stand in nobody's frame and share nothing with the window that opened them,
 * and stay on HTTPS where that is in use. Who may read them across origins is CORS's matter, not touched by these.
 */
export function answerHeaders({ publicUrl }: Pick<Config, 'publicUrl'>): ReadonlyMap<string, string> {
  return new Map([
    ['Cache-Control', 'no-store'],
    ['X-Content-Type-Options', 'nosniff'],
    ['Referrer-Policy', 'no-referrer'],
    ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
    ['Cross-Origin-Opener-Policy', 'same-origin'],
    ['Cross-Origin-Resource-Policy', 'same-origin'],
    ...(publicUrl.startsWith('https:') ? [['Strict-Transport-Security', STRICT_TRANSPORT_SECURITY] as const] : []),
  ]);
}
