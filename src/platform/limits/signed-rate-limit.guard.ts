import { type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { RateLimitGuard } from './rate-limit.guard.js';

/**
 * Counts the signed requests of a verified credential before their signature is checked: over the limit neither is the
 * body read nor the nonce spent, so that the same request is good in the next window. One whose signature proves wrong
 * has been counted all the same, as every refusal is.
 */
@Injectable()
export class SignedRateLimitGuard extends RateLimitGuard {
  override canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const { headers, context: caller } = context.switchToHttp().getRequest<Request>();
    const isSigned = headers['x-signature'] !== undefined || headers['signature'] !== undefined;
    return caller.principal === null || !isSigned || super.canActivate(context);
  }
}
