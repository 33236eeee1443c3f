import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { authorize, type Requirement } from '../../kernel/access/authorize.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { REQUIREMENT } from './requirement.decorator.js';

/** Which check a requirement that is not met belongs to. */
const CHECK_OF_CODE = { AUTH_008: 'credential', AUTH_005: 'network', AUTH_009: 'permission' } as const;

/** Lets a request through if its caller meets what the route declares; closed for a route that declares nothing. */
@Injectable()
export class RequirementGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const requirement = this.reflector.get<Requirement | undefined>(REQUIREMENT, context.getHandler());
    if (!requirement) throw new AppError('SRV_001', { internal: 'a route without a requirement was reached' });
    const { context: requestContext } = context.switchToHttp().getRequest<Request>();
    const decision = authorize(requestContext.principal, requestContext.address, requirement);
    if (!decision.allowed) {
      requestContext.check = CHECK_OF_CODE[decision.code];
      throw new AppError(decision.code, { detail: decision.detail });
    }
    return true;
  }
}
