import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Request } from 'express';
import { from, type Observable, switchMap } from 'rxjs';
import { AuditTrail } from '../../platform/audit/index.js';

/** Puts every look of an administrator at others' data on record, before it is answered. */
@Injectable()
export class LookRecorder implements NestInterceptor {
  constructor(private readonly trail: AuditTrail) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Request>();
    if (request.method !== 'GET') return next.handle();
    const data = { path: request.path, query: { ...request.query } };
    return from(this.trail.note({ type: 'admin.read', ownerId: null, data })).pipe(switchMap(() => next.handle()));
  }
}
