import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Principal } from '../../kernel/access/principal.js';
import { QuotaLeases } from './quota-leases.js';
import { REMAINING_QUOTA_HEADER } from './remaining-quota-header.js';

/**
 * Tells a caller who asks with `X-Debug-Auth: true` who the server takes it for. It comes after the credential has
 * verified and before limits and permissions are judged, so that the headers are there on 403 and 429 too.
 */
@Injectable()
export class DebugHeadersGuard implements CanActivate {
  constructor(private readonly quotas: QuotaLeases) {}

  canActivate(context: ExecutionContext): true | Promise<true> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const { principal } = request.context;
    if (!principal || request.headers['x-debug-auth']?.toString().toLowerCase() !== 'true') return true;
    return this.show(principal, request, http.getResponse<Response>());
  }

  private async show(principal: Principal, request: Request, response: Response): Promise<true> {
    response.setHeader('X-Auth-Method', principal.method);
    response.setHeader('X-Auth-User-ID', principal.userId);
    if (principal.keyId !== undefined) response.setHeader('X-Auth-Key-ID', principal.keyId);
    if (principal.kind === 'service_account') {
      response.setHeader('X-Auth-Service-Account-ID', principal.credentialId);
    }
    if (principal.clientId !== undefined) response.setHeader('X-Auth-Client-ID', principal.clientId);
    response.setHeader('X-Auth-IP', request.context.address?.text ?? '');
    if (principal.quota) {
      response.setHeader(REMAINING_QUOTA_HEADER, String(await this.quotas.remaining(principal.quota)));
    } else {
      showRateWindowLater(request, response);
    }
    return true;
  }
}

/** Without a quota the remaining requests are those of the rate limit, which is judged later. */
function showRateWindowLater({ context }: Request, response: Response): void {
  const writeHead = response.writeHead.bind(response) as (...parts: unknown[]) => Response;
  response.writeHead = (...parts: unknown[]): Response => {
    if (context.rate) response.setHeader(REMAINING_QUOTA_HEADER, String(context.rate.remaining));
    return writeHead(...parts);
  };
}
