import type { INestApplication } from '@nestjs/common';
import { type RouteLayer, routeLayers } from './route-layers.js';

/** Which methods a path has, in upper case. */
export function methodsOfPath(app: INestApplication, path: string): string[] {
  const methods = new Set<string>();
  for (const layer of routeLayers(app)) {
    if (!matches(layer, path)) continue;
    for (const method of Object.keys(layer.route.methods)) methods.add(method.toUpperCase());
  }
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods].toSorted();
}

function matches(layer: RouteLayer, path: string): boolean {
  try {
    return layer.match(path) !== false;
  } catch {
    // a path with a malformed escape belongs to no route
    return false;
  }
}
