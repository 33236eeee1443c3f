import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { Refuses } from '../http/index.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { IDEMPOTENCY, type IdempotencyOptions } from './idempotency-options.js';

/**
 * Lets a client repeat a request safely by sending the same `Idempotency-Key`: what it creates is created once. For
 * routes that require a credential, take a JSON body and write in {@link Database.transaction}.
 */
export function Idempotent(options: IdempotencyOptions = { hasSecret: false }): MethodDecorator {
  return applyDecorators(
    SetMetadata(IDEMPOTENCY, options),
    UseInterceptors(IdempotencyInterceptor),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'A value of your choice, new for each thing to create (a UUID, say). Repeating the request with the same key ' +
        'and body within 24 hours gives the first answer again, with `Idempotent-Replayed: true`.',
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
    }),
    Refuses('REQ_006', 'REQ_007'),
  );
}
