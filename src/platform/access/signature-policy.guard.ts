import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { AppError } from '../../kernel/errors/app-error.js';

/** Refuses an unsigned request of a credential that demands signatures. */
@Injectable()
export class SignaturePolicyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { principal, isSigned } = context.switchToHttp().getRequest<Request>().context;
    if (!principal?.signaturePolicy?.isRequired || isSigned) return true;
    throw new AppError('AUTH_011', { detail: 'This credential demands that its requests are signed.' });
  }
}
