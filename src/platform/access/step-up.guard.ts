import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { AppError } from '../../kernel/errors/app-error.js';
import { STEP_UP } from './step-up.decorator.js';
import { StepUps } from './step-ups.js';

/** Holds a session back from a route with `@RequiresStepUp()` until it has shown its second factor. */
@Injectable()
export class StepUpGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly stepUps: StepUps,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const { context: requestContext } = context.switchToHttp().getRequest<Request>();
    const { principal } = requestContext;
    requestContext.check = 'step_up';
    if (!this.reflector.get<boolean | undefined>(STEP_UP, context.getHandler())) return true;
    return principal?.kind === 'session' ? this.admit(principal.credentialId) : true;
  }

  private async admit(sessionId: string): Promise<boolean> {
    if (!(await this.stepUps.isDue(sessionId))) return true;
    throw new AppError('AUTH_006', {
      detail: 'This operation needs a fresh second factor: send a code to POST /api/auth/mfa/step-up first.',
    });
  }
}
