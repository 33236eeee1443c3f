import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { authorize, type Requirement } from '../../kernel/access/authorize.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { REQUIREMENT } from './requirement.decorator.js';

/** Lets a request through if its caller meets what the route declares; closed for a route that declares nothing. */
@Injectable()
export class RequirementGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const requirement = this.reflector.get<Requirement | undefined>(REQUIREMENT, context.getHandler());
    if (!requirement) throw new AppError('SRV_001', { internal: 'a route without a requirement was reached' });
    const { principal, address } = context.switchToHttp().getRequest<Request>().context;
    const decision = authorize(principal, address, requirement);
    if (!decision.allowed) throw new AppError(decision.code, { detail: decision.detail });
    return true;
  }
}
