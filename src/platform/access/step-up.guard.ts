import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import type { Requirement } from '../../kernel/access/authorize.js';
import { isAdministratorOnly } from '../../kernel/access/permission.js';
import type { Principal } from '../../kernel/access/principal.js';
import { Database } from '../database/index.js';
import { Administrators } from './administrators.js';
import { REQUIREMENT } from './requirement.decorator.js';
import { STEP_UP } from './step-up.decorator.js';
import { StepUps } from './step-ups.js';

/**
 * Where administrators demand it: holds a session back from a route with `@RequiresStepUp()` until it has shown its
 * second factor, and administrators from routes of theirs until they have one.
 */
@Injectable()
export class StepUpGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly stepUps: StepUps,
    private readonly administrators: Administrators,
    private readonly database: Database,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const { context: requestContext } = context.switchToHttp().getRequest<Request>();
    const { principal } = requestContext;
    requestContext.check = 'step_up';
    const handler = context.getHandler();
    if (principal && isForAdministrators(this.reflector.get<Requirement>(REQUIREMENT, handler))) {
      return this.admitAdministrator(principal);
    }
    if (!this.reflector.get<boolean | undefined>(STEP_UP, handler)) return true;
    return principal?.kind === 'session' ? this.admitMinter(principal) : true;
  }

  private async admitMinter(session: Principal): Promise<boolean> {
    await this.database.read((em) => this.stepUps.assertMayMint(em, session));
    return true;
  }

  private async admitAdministrator(principal: Principal): Promise<boolean> {
    await this.administrators.assertTrusted(principal);
    return true;
  }
}

function isForAdministrators(requirement: Requirement): boolean {
  return requirement.kind === 'permissions' && requirement.permissions.some(isAdministratorOnly);
}
