import { METHODS } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import type { Metrics } from './metrics.js';
import { routeTemplate } from '../http/index.js';

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
          route: routeTemplate(request) ?? NO_ROUTE,
          status: response.statusCode,
        },
        (performance.now() - started) / 1000,
      );
    });
    next();
  };
}
