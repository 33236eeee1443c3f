import { METHODS } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import type { Metrics } from './metrics.js';

const KNOWN_METHODS: ReadonlySet<string> = new Set(METHODS);

/** Stands for all paths that no route has. */
const NO_ROUTE = '(none)';

/** Measures each request from here to the end of its answer. */
export function measureRequests(metrics: Metrics) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const started = performance.now();
    response.once('close', () => {
      metrics.observeRequest(
        {
          method: KNOWN_METHODS.has(request.method) ? request.method : 'OTHER',
          route: templateOf(request),
          status: response.statusCode,
        },
        (performance.now() - started) / 1000,
      );
    });
    next();
  };
}

/** The template of the route that Express has found, `/api/keys/:id`. */
function templateOf(request: Request): string {
  const route = request.route as { path: unknown } | undefined;
  return route ? String(route.path) : NO_ROUTE;
}
