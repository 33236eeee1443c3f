import { applyDecorators, Controller, UseGuards, UseInterceptors } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AdministratorGuard } from './administrator.guard.js';
import { LookRecorder } from './look-recorder.interceptor.js';

/** A controller for administrators: what they look at is on record, and the policy may demand MFA of them. */
export function Administration(path: string): ClassDecorator {
  return applyDecorators(
    Controller(`api/admin/${path}`),
    ApiTags('Administration'),
    UseGuards(AdministratorGuard),
    UseInterceptors(LookRecorder),
  );
}
