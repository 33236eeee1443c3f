import type { NextFunction, Request, Response } from 'express';
import type { Clock } from '../../kernel/clock.js';
import { newId } from '../../kernel/ids.js';
import type { AddressSet } from '../../kernel/net/address-set.js';
import { RequestContext, runInContext } from './request-context.js';

interface ContextSettings {
  readonly clock: Clock;
  readonly trustedProxies: AddressSet;
}

/** Gives each request its id and context; the id goes out with every response, whatever becomes of the request. */
export function requestContext({ clock, trustedProxies }: ContextSettings) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const context = new RequestContext(newId(clock.now()), request, trustedProxies);
    request.context = context;
    response.setHeader('X-Request-Id', context.requestId);
    runInContext(context, next);
  };
}
