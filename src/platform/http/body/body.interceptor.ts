import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { from, type Observable, switchMap } from 'rxjs';
import { AppError } from '../../../kernel/errors/app-error.js';
import { CONFIG, type Config } from '../../config/config.js';
import { digestChecked } from './digest-checked.js';
import { hasBody } from './has-body.js';
import { STREAMED_BODY } from './streamed-body.decorator.js';
import { UNREAD_BODY } from './unread-body.decorator.js';
import { isJson, requireIdentityEncoding, requireJson } from './media-type.js';
import { OPTIONAL_BODY } from './optional-body.decorator.js';
import { type JsonBody, parseJsonBody } from './parse-json-body.js';
import { readBody } from './read-body.js';
import { routeInput } from './route-input.js';

/**
 * The first interceptor: reads the body once the guards have let the caller in, and hands it to the validation.
 * What a route does not take is refused by name, never ignored.
 */
@Injectable()
export class BodyInterceptor implements NestInterceptor {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly reflector: Reflector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Request>();
    request.context.check = 'operation';
    const handler = context.getHandler();
    if (this.reflector.get<boolean>(UNREAD_BODY, handler)) return next.handle();
    const input = routeInput(context.getClass(), handler);
    if (!input.query) refuseQuery(request);
    if (!hasBody(request)) {
      if (input.body && !this.mayBeEmpty(handler)) requireJson(request);
      return next.handle();
    }
    if (this.reflector.get<boolean>(STREAMED_BODY, handler) && !isJson(request)) {
      request.bodyStream = request.expectedSha256 ? digestChecked(request, request.expectedSha256) : request;
      return next.handle();
    }
    return from(this.read(request, input.body)).pipe(switchMap(() => next.handle()));
  }

  private mayBeEmpty(handler: ReturnType<ExecutionContext['getHandler']>): boolean {
    return [OPTIONAL_BODY, STREAMED_BODY].some((key) => this.reflector.get<boolean>(key, handler));
  }

  private async read(request: Request, isTaken: boolean): Promise<void> {
    request.jsonBody ??= await this.parse(request);
    const { value } = request.jsonBody;
    if (!isTaken) refuseBody(value);
    request.body = value;
  }

  private async parse(request: Request): Promise<JsonBody> {
    requireJson(request);
    requireIdentityEncoding(request);
    return parseJsonBody(request.receivedBody ?? (await readBody(request, this.config.bodyLimitBytes)));
  }
}

function refuseQuery(request: Request): void {
  if (!request.url.includes('?')) return;
  const names = Object.keys(request.query);
  if (names.length === 0) return;
  throw new AppError('REQ_001', {
    detail: 'This operation takes no query parameters.',
    errors: names.map((name) => ({ field: name, message: 'is not a parameter of this operation' })),
  });
}

/** An empty object is what many clients send with every POST; anything more would be ignored, so it is refused. */
function refuseBody(value: unknown): void {
  const names = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : null;
  if (names?.length === 0) return;
  throw new AppError('REQ_001', {
    detail: 'This operation takes no body.',
    errors: (names ?? ['(body)']).map((field) => ({ field, message: 'is not a field of this operation' })),
  });
}
