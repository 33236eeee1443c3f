import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Request } from 'express';
import type { Observable } from 'rxjs';
import { SessionActivity } from './session-activity.js';

/** Notes each request that a session makes, whether or not its principal came from a cache. */
@Injectable()
export class SessionActivityInterceptor implements NestInterceptor {
  constructor(private readonly activity: SessionActivity) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { principal } = context.switchToHttp().getRequest<Request>().context;
    if (principal?.kind === 'session') this.activity.touch(principal.credentialId);
    return next.handle();
  }
}
