import { Global, Inject, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ThrottlerStorage } from '@nestjs/throttler';
import type { Clock } from '../../kernel/clock.js';
import { CLOCK } from '../clock/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { LOG, type Log } from '../log/index.js';
import { FailoverStorage } from './failover-storage.js';
import { MemoryStorage } from './memory-storage.js';
import { RateLimits } from './rate-limits.js';
import { RedisStorage } from './redis-storage.js';

/** Injection token of the shared storage; null without REDIS_URL. */
const REDIS_STORAGE = Symbol('REDIS_STORAGE');

/** Rate limits: in this process's memory, or shared through Redis where REDIS_URL names one. */
@Global()
@Module({
  providers: [
    RateLimits,
    {
      provide: REDIS_STORAGE,
      inject: [CONFIG],
      useFactory: ({ redisUrl }: Config) => (redisUrl === null ? null : new RedisStorage(redisUrl)),
    },
    {
      provide: ThrottlerStorage,
      inject: [REDIS_STORAGE, CLOCK, LOG],
      useFactory: (redis: RedisStorage | null, clock: Clock, log: Log) => {
        const memory = new MemoryStorage(clock);
        return redis ? new FailoverStorage(redis, memory, log) : memory;
      },
    },
  ],
  exports: [RateLimits],
})
export class LimitsModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(REDIS_STORAGE) private readonly redis: RedisStorage | null,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** A Redis that is away at the start is no reason not to start: it is tried again in the background. */
  async onModuleInit(): Promise<void> {
    try {
      await this.redis?.connect();
    } catch (error) {
      this.log.warn({ err: error }, 'Redis cannot be reached');
    }
  }

  onApplicationShutdown(): void {
    this.redis?.close();
  }
}
