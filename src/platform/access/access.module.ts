import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { PassportModule } from '@nestjs/passport';
import type { Clock } from '../../kernel/clock.js';
import { CLOCK } from '../clock/index.js';
import { AccessPolicies } from './access-policies.js';
import { Administrators } from './administrators.js';
import { CredentialStrategies } from './credential-strategy.js';
import { InvalidationFeed } from './invalidation-feed.js';
import { InvalidationListeners } from './invalidation-listeners.js';
import { Invalidations } from './invalidations.js';
import { KeyAlarms } from './key-alarms.js';
import { PrincipalCache } from './principal-cache.js';
import { Principals } from './principals.js';
import { Routes } from './routes.js';
import { SessionCookie } from './session-cookie.js';
import { SessionStanding } from './session-standing.js';
import { StepUps } from './step-ups.js';

/** About 700 bytes an entry: 35 MB when full. */
const CACHE_LIMITS = { sizeMax: 50_000, ttlMs: 60_000, stampsMax: 10_000 };

/** Credentials, requirements and the routes that declare them. */
@Global()
@Module({
  imports: [DiscoveryModule, PassportModule.register({ session: false })],
  providers: [
    CredentialStrategies,
    Routes,
    InvalidationListeners,
    Invalidations,
    KeyAlarms,
    InvalidationFeed,
    Principals,
    SessionCookie,
    SessionStanding,
    StepUps,
    AccessPolicies,
    Administrators,
    {
      provide: PrincipalCache,
      inject: [CLOCK],
      useFactory: (clock: Clock) => new PrincipalCache(CACHE_LIMITS, clock, () => performance.now()),
    },
  ],
  exports: [
    CredentialStrategies,
    Routes,
    Invalidations,
    KeyAlarms,
    InvalidationFeed,
    InvalidationListeners,
    Principals,
    SessionCookie,
    SessionStanding,
    StepUps,
    AccessPolicies,
    Administrators,
  ],
})
export class AccessModule {}
