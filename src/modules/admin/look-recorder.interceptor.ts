import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Request } from 'express';
import { concatMap, type Observable } from 'rxjs';
import { AuditTrail } from '../../platform/audit/index.js';

/**
 * Puts every look of an administrator at others' data on record before it is answered. After the handler, so that only
 * a query that has been validated is recorded; one that is refused shows nothing.
 */
@Injectable()
export class LookRecorder implements NestInterceptor {
  constructor(private readonly trail: AuditTrail) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Request>();
    if (request.method !== 'GET') return next.handle();
    return next.handle().pipe(
      concatMap(async (answer: unknown) => {
        await this.trail.note({
          type: 'admin.read',
          ownerId: null,
          data: { path: request.path, query: { ...request.query } },
        });
        return answer;
      }),
    );
  }
}
