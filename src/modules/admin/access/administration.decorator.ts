import { applyDecorators, Controller, UseInterceptors } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AccessAuditInterceptor } from './access-audit.interceptor.js';

/** A controller for administrators: their accesses are audited. */
export function Administration(path: string): ClassDecorator {
  return applyDecorators(
    Controller(`api/admin/${path}`),
    ApiTags('Administration'),
    UseInterceptors(AccessAuditInterceptor),
  );
}
