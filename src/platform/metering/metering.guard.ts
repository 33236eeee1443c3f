import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import type { Requirement } from '../../kernel/access/authorize.js';
import type { Principal } from '../../kernel/access/principal.js';
import type { Quota } from '../../kernel/access/quota.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { REQUIREMENT } from '../access/index.js';
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
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const { principal } = request.context;
    request.context.check = 'quota';
    if (!principal || this.isPublic(context)) return true;
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

  /** Who is let in without a credential does not pay for having sent one. */
  private isPublic(context: ExecutionContext): boolean {
    return this.reflector.get<Requirement>(REQUIREMENT, context.getHandler()).kind === 'public';
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
