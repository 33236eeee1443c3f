import { Global, Module } from '@nestjs/common';
import { SealedColumns } from '../sealing/index.js';
import { IdempotencyPurge } from './idempotency-purge.js';
import { IdempotencyStore } from './idempotency-store.js';
import { KeptAnswers } from './kept-answers.js';

/** Idempotency keys; routes opt in with `@Idempotent()`. */
@Global()
@Module({ providers: [IdempotencyStore, KeptAnswers, IdempotencyPurge], exports: [IdempotencyStore, KeptAnswers] })
export class IdempotencyModule {
  constructor(sealed: SealedColumns) {
    sealed.register({
      table: 'idempotency_keys',
      column: 'answer_sealed',
      purpose: 'idempotent-answer',
      rowColumn: 'scope',
      ownerColumn: 'owner_id',
    });
  }
}
