import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { AppError } from '../../../kernel/errors/app-error.js';
import { CONFIG, type Config } from '../../config/index.js';
import { bodyLimitOf } from './body-limit.decorator.js';
import { digestChecked } from './digest-checked.js';
import { hasBody } from './has-body.js';
import { STREAMED_BODY } from './streamed-body.decorator.js';
import { UNREAD_BODY } from './unread-body.decorator.js';
import { isJson, requireIdentityEncoding, requireJson } from './media-type.js';
import { OPTIONAL_BODY } from './optional-body.decorator.js';
import type { JsonBody } from './json-body.js';
import { JsonReader } from './json-reader.js';
import { readBody } from './read-body.js';
import { routeInput } from './route-input.js';

/**
 * The last guard: reads the body once the others have let the caller in, and hands it to the validation. What a route
 * does not take is refused by name, never ignored. A guard, not an interceptor: with any interceptor Nest takes each
 * request through a chain of observables, which costs more than all the guards together.
 */
@Injectable()
export class BodyGuard implements CanActivate {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly reflector: Reflector,
    private readonly reader: JsonReader,
  ) {}

  canActivate(context: ExecutionContext): true | Promise<true> {
    const request = context.switchToHttp().getRequest<Request>();
    request.context.check = 'operation';
    const handler = context.getHandler();
    if (this.has(UNREAD_BODY, handler)) return true;
    const input = routeInput(context.getClass(), handler);
    if (!input.query) refuseQuery(request);
    const mayBeEmpty = !input.body || this.has(OPTIONAL_BODY, handler);
    if (!hasBody(request)) {
      if (!mayBeEmpty && !this.has(STREAMED_BODY, handler)) requireJson(request);
      return true;
    }
    if (this.has(STREAMED_BODY, handler) && !isJson(request)) {
      request.bodyStream = request.expectedSha256 ? digestChecked(request, request.expectedSha256) : request;
      return true;
    }
    return this.read(request, { isTaken: input.body, mayBeEmpty }, bodyLimitOf(handler, this.config.bodyLimitBytes));
  }

  private has(key: string, handler: ReturnType<ExecutionContext['getHandler']>): boolean {
    return this.reflector.get<boolean | undefined>(key, handler) === true;
  }

  private async read(request: Request, { isTaken, mayBeEmpty }: Taking, limitBytes: number): Promise<true> {
    if (mayBeEmpty && !request.jsonBody && (await isEmptyAfterAll(request, limitBytes))) return true;
    request.jsonBody ??= await this.parse(request, limitBytes);
    const { value } = request.jsonBody;
    if (!isTaken) refuseBody(value);
    request.body = value;
    return true;
  }

  private async parse(request: Request, limitBytes: number): Promise<JsonBody> {
    requireJson(request);
    requireIdentityEncoding(request);
    const bytes = request.receivedBody ?? (await readBody(request, limitBytes));
    return this.reader.read(request.context.principal?.userId ?? '', bytes);
  }
}

/** What an operation does with a body. */
interface Taking {
  readonly isTaken: boolean;
  readonly mayBeEmpty: boolean;
}

/** Some clients announce chunks with every POST and then send none; with a length it is known before. */
async function isEmptyAfterAll(request: Request, limitBytes: number): Promise<boolean> {
  if (request.headers['transfer-encoding'] === undefined) return false;
  request.receivedBody ??= await readBody(request, limitBytes);
  return request.receivedBody.length === 0;
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
