import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { isPublicRoute } from '../access/index.js';
import { AmbientRequests } from './ambient-requests.js';
import { CSRF_HEADER } from './csrf-tokens.js';

/** Methods that change nothing (RFC 9110 §9.2.1). */
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Sees to it that what is done with a browser's cookie is what its user wants. */
@Injectable()
export class CsrfGuard implements CanActivate {
  constructor(private readonly ambient: AmbientRequests) {}

  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const { principal } = request.context;
    request.context.check = 'csrf';
    if (!principal || SAFE_METHODS.has(request.method)) return true;
    const isAmbient = principal.method === 'session_cookie';
    if (!isAmbient && request.headers[CSRF_HEADER] === undefined) return true;
    // what anybody may do without a credential, nobody can be tricked into doing with one
    if (isPublicRoute(context.getHandler())) return true;
    const response = http.getResponse<Response>();
    if (isAmbient) this.ambient.assertWilled(request, response, principal);
    else this.ambient.assertTokenIsOurs(request, response, principal);
    return true;
  }
}
