import { Inject, Injectable } from '@nestjs/common';
import { ThrottlerStorage } from '@nestjs/throttler';
import type { Request, Response } from 'express';
import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { CLOCK } from '../clock/index.js';
import { CONFIG, type Config } from '../config/index.js';
import type { RatePolicy, RatePolicyName, RateState } from '../context/index.js';
import { bucketOfAddress, bucketOfPrincipal } from './bucket.js';
import { setRateHeaders } from './rate-headers.js';
import { ratePolicies, WINDOW_MS } from './rate-policy.js';
import type { WindowRecord } from './window-record.js';

/** Counts requests against the limits. Every request is counted once, by whoever gets to know first who calls. */
@Injectable()
export class RateLimits {
  private readonly policies: Readonly<Record<RatePolicyName, RatePolicy>>;

  constructor(
    @Inject(CONFIG) config: Config,
    @Inject(ThrottlerStorage) private readonly storage: ThrottlerStorage,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.policies = ratePolicies(config.rateLimits);
  }

  /**
   * Counts a request against the caller's limit, or against the one for attempts to log in, and sets the headers of
   * its response. @returns where the caller stands; null if nothing is limited
   */
  async count(request: Request, response: Response, isLogin: boolean): Promise<RateState | null> {
    const { principal, address } = request.context;
    if (principal !== null && !isLogin) {
      return this.increment(request, response, 'authenticated', bucketOfPrincipal(principal));
    }
    return this.increment(request, response, isLogin ? 'login' : 'anonymous', bucketOfAddress(address));
  }

  /**
   * Counts a request of a route that is `@CountedByHandler()`, unless it was counted: against a caller who has proved
   * to be the one with this bucket, or against the address. @throws AppError REQ_008 over the limit
   */
  async countInHandler(request: Request, bucket: string | null): Promise<void> {
    const { context, res: response } = request;
    if (context.isCounted) return;
    if (!response) throw new Error('the request has no response to count it on');
    const state =
      bucket === null
        ? await this.count(request, response, false)
        : await this.increment(request, response, 'authenticated', bucket);
    if (state?.isExceeded) throw rateLimitExceeded(state);
  }

  private async increment(
    { context }: Request,
    response: Response,
    name: RatePolicyName,
    bucket: string,
  ): Promise<RateState | null> {
    context.isCounted = true;
    const policy = this.policies[name];
    if (policy.limit === 0) return null;
    const key = `${policy.name}:${bucket}`;
    const record = await this.storage.increment(key, WINDOW_MS, policy.limit, WINDOW_MS, policy.name);
    const state = this.stateOf(policy, record);
    context.rate = state;
    setRateHeaders(response, state);
    return state;
  }

  /**
   * Counts a request that is refused before the guard could count it: a credential that does not verify, a path that
   * does not exist. It counts against the address, so that guessing is limited.
   * @returns the refusal to answer instead if the address is over its limit, else null
   */
  async countRefused(request: Request, response: Response): Promise<AppError | null> {
    if (request.context.isCounted) return null;
    const state = await this.count(request, response, false);
    return state?.isExceeded ? rateLimitExceeded(state) : null;
  }

  private stateOf(policy: RatePolicy, { totalHits, timeToExpire, isBlocked }: WindowRecord): RateState {
    return {
      policy,
      hits: totalHits,
      remaining: Math.max(0, policy.limit - totalHits),
      secondsLeft: Math.max(1, Math.ceil(timeToExpire)),
      resetsAtSeconds: Math.ceil(this.clock.now() / 1000 + timeToExpire),
      isExceeded: isBlocked,
    };
  }
}

/** The refusal of a request that is one too many. */
export function rateLimitExceeded({ policy, secondsLeft }: RateState): AppError {
  return new AppError('REQ_008', {
    detail: `At most ${policy.limit} requests a minute are allowed here; try again in ${secondsLeft} seconds.`,
    headers: { 'Retry-After': String(secondsLeft) },
  });
}
