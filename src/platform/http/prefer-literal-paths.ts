import type { INestApplication } from '@nestjs/common';
import { routeLayers } from './route-layers.js';

/** What makes a pattern of Express match more than one path. */
const PATTERN = /[:*{(]/;

/**
 * Sees to it that `/api/keys/verify` is never taken for a `/api/keys/:id` with another method: a path that is written out
 * somewhere is that one only, so that 405 and `Allow` are its own. Once, when all routes are there.
 */
export function preferLiteralPaths(app: INestApplication): void {
  const layers = routeLayers(app);
  const literals = layers.map(({ route }) => route.path).filter(isLiteral);
  for (const layer of layers) {
    if (isLiteral(layer.route.path)) continue;
    const taken = new Set(literals.filter((path) => layer.match(path) !== false));
    if (taken.size === 0) continue;
    layer.matchers = layer.matchers.map((matcher) => (path) => !taken.has(path) && matcher(path));
  }
}

function isLiteral(path: unknown): path is string {
  return typeof path === 'string' && !PATTERN.test(path);
}
