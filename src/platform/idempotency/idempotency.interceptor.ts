import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { lastValueFrom, type Observable, of } from 'rxjs';
import { deriveKey } from '../../kernel/crypto/derive-key.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { errorEntry } from '../../kernel/errors/catalogue.js';
import { SECRETS, type Secrets } from '../config/index.js';
import { LOG, type Log } from '../log/index.js';
import { IDEMPOTENCY, type IdempotencyOptions } from './idempotency-options.js';
import { type Claim, IdempotencyStore } from './idempotency-store.js';
import { describeRequest, idempotencyKeyOf } from './idempotent-request.js';
import { KeptAnswers } from './kept-answers.js';

/** Runs a request with an Idempotency-Key once, and answers its repetitions with the first answer. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  private readonly fingerprintKeys;

  constructor(
    private readonly store: IdempotencyStore,
    private readonly answers: KeptAnswers,
    private readonly reflector: Reflector,
    @Inject(SECRETS) { masterKeys }: Secrets,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.fingerprintKeys = masterKeys.map(({ key }) => deriveKey(key, 'idempotency-fingerprint'));
  }

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const key = idempotencyKeyOf(request);
    const { principal } = request.context;
    if (key === null || principal === null) return next.handle();
    const described = describeRequest(request, key, principal, this.fingerprintKeys);
    const outcome = await this.store.claim(described);
    const response = http.getResponse<Response>();
    if ('claim' in outcome) return of(await this.perform(outcome.claim, context, next));
    const answer = this.answers.replay(described, outcome.stored);
    response.status(answer.status).setHeader('Idempotent-Replayed', 'true');
    return of(answer.body);
  }

  private async perform(claim: Claim, context: ExecutionContext, next: CallHandler): Promise<unknown> {
    const http = context.switchToHttp();
    http.getRequest<Request>().context.beforeCommit = (em) => this.store.confirm(em, claim);
    let body: unknown;
    try {
      body = await lastValueFrom(next.handle());
    } catch (error) {
      await this.release(claim, error);
      throw error;
    }
    const options = this.reflector.get<IdempotencyOptions>(IDEMPOTENCY, context.getHandler());
    await this.keep(claim, http.getResponse<Response>().statusCode, body, options);
    return body;
  }

  /** The answer goes out even if it cannot be kept: what it tells of has happened. */
  private async keep(claim: Claim, status: number, body: unknown, options: IdempotencyOptions): Promise<void> {
    try {
      await this.store.keep(claim, this.answers.seal(claim, status, body, options));
    } catch (error) {
      this.log.warn({ err: error }, 'an idempotent answer could not be kept');
    }
  }

  private async release(claim: Claim, failure: unknown): Promise<void> {
    // a refusal of ours says that nothing was done; a lost connection may have lost the word of a commit
    const isSure = failure instanceof AppError && errorEntry(failure.code).status < 500;
    try {
      await this.store.release(claim, isSure);
    } catch (error) {
      this.log.warn({ err: error }, 'an idempotency key is freed by its deadline only');
    }
  }
}
