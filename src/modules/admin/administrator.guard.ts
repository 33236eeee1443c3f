import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { AppError } from '../../kernel/errors/app-error.js';
import { AccessPolicies } from '../../platform/access/index.js';
import { Database } from '../../platform/database/index.js';
import { MfaService } from '../mfa/index.js';

/** Closes administration to users without a second factor, where the policy says so. Comes after the permissions. */
@Injectable()
export class AdministratorGuard implements CanActivate {
  constructor(
    private readonly database: Database,
    private readonly policies: AccessPolicies,
    private readonly mfa: MfaService,
  ) {}

  canActivate(context: ExecutionContext): Promise<boolean> {
    const { context: requestContext } = context.switchToHttp().getRequest<Request>();
    const userId = requestContext.principal?.userId ?? '';
    return this.database.read(async (em) => {
      const { administratorsNeedMfa } = await this.policies.current(em);
      if (!administratorsNeedMfa || (await this.mfa.enabledAmong(em, [userId])).has(userId)) return true;
      requestContext.check = 'step_up';
      throw new AppError('AUTH_006', { detail: 'Administrators need MFA here: enable it for your account first.' });
    });
  }
}
