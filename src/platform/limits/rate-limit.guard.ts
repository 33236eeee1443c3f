import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { RATE_LIMIT, type RouteLimit } from './rate-limit.decorators.js';
import { RateLimits, rateLimitExceeded } from './rate-limits.js';

/** How many times the limit a caller may reach where the handler refuses; what a handler does is not free. */
const HANDLER_MARGIN = 5;

/** Counts a request once it is known who calls, unless it has been counted, and refuses the ones over the limit. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(
    private readonly limits: RateLimits,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    return context.switchToHttp().getRequest<Request>().context.isCounted || this.count(context);
  }

  private async count(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    request.context.check = 'rate_limit';
    const limit = this.reflector.getAllAndOverride<RouteLimit | undefined>(RATE_LIMIT, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (limit === 'none') {
      request.context.isCounted = true;
      return true;
    }
    if (limit === 'by-handler' && request.context.principal === null) return true;
    const isLogin = limit === 'login' || limit === 'login-by-handler';
    const state = await this.limits.count(request, http.getResponse<Response>(), isLogin);
    if (!state?.isExceeded) return true;
    if (limit === 'login-by-handler' && state.hits <= state.policy.limit * HANDLER_MARGIN) return true;
    throw rateLimitExceeded(state);
  }
}
