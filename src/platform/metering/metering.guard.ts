import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Principal } from '../../kernel/access/principal.js';
import type { Quota } from '../../kernel/access/quota.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { isPublicRoute } from '../access/index.js';
import { QuotaLeases } from './quota-leases.js';
import { REMAINING_QUOTA_HEADER } from './remaining-quota-header.js';
import { UsageMeter } from './usage-meter.js';

/**
 * The last guard: charges the caller's quota and counts the request. Requests that an earlier guard refused cost
 * nothing, so that a stolen key cannot spend its owner's quota from an address that the key is closed to. Synchronous
 * while the quota's lease lasts.
 */
@Injectable()
export class MeteringGuard implements CanActivate {
  constructor(
    private readonly quotas: QuotaLeases,
    private readonly meter: UsageMeter,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const { principal } = request.context;
    request.context.check = 'quota';
    // who is let in without a credential does not pay for having sent one
    if (!principal || isPublicRoute(context.getHandler())) return true;
    if (!principal.quota) return this.admit(principal, request);
    const { quota } = principal;
    const charged = this.quotas.charge(quota, principal);
    const settle = (isCharged: boolean): boolean => {
      this.showRemaining(quota, http.getResponse<Response>());
      if (!isCharged) throw this.exceeded(quota);
      return this.admit(principal, request);
    };
    return typeof charged === 'boolean' ? settle(charged) : charged.then(settle);
  }

  private admit(principal: Principal, request: Request): true {
    this.meter.count(principal, {
      ip: request.context.address?.text ?? null,
      userAgent: request.headers['user-agent'] ?? null,
    });
    return true;
  }

  /** Corrects what the debug headers said before the charge. */
  private showRemaining(quota: Quota, response: Response): void {
    const remaining = response.hasHeader(REMAINING_QUOTA_HEADER) ? this.quotas.remainingKnown(quota) : null;
    if (remaining !== null) response.setHeader(REMAINING_QUOTA_HEADER, String(remaining));
  }

  private exceeded(quota: Quota): AppError {
    return new AppError('AUTH_013', {
      detail: `The quota of ${quota.limit} requests per ${quota.period} is used up.`,
      headers: { 'Retry-After': String(this.quotas.retryAfterSeconds(quota)) },
    });
  }
}
