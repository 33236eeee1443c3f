import { Global, Module } from '@nestjs/common';
import { IdempotencyPurge } from './idempotency-purge.js';
import { IdempotencyStore } from './idempotency-store.js';
import { KeptAnswers } from './kept-answers.js';

/** Idempotency keys; routes opt in with `@Idempotent()`. */
@Global()
@Module({ providers: [IdempotencyStore, KeptAnswers, IdempotencyPurge], exports: [IdempotencyStore, KeptAnswers] })
export class IdempotencyModule {}
