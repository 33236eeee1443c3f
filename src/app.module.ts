import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD, APP_PIPE } from '@nestjs/core';
import type { MikroORM } from '@mikro-orm/postgresql';
import type { Clock } from './kernel/clock.js';
import { AnalyticsModule } from './modules/analytics/index.js';
import { AdminModule } from './modules/admin/index.js';
import { ApiKeysModule } from './modules/api-keys/index.js';
import { AuditModule } from './modules/audit/index.js';
import { AuthModule } from './modules/auth/index.js';
import { CompressionModule } from './modules/compression/index.js';
import { MfaModule } from './modules/mfa/index.js';
import { OAuthModule } from './modules/oauth/index.js';
import { ServiceAccountsModule } from './modules/service-accounts/index.js';
import { UsersModule } from './modules/users/index.js';
import { WebhooksModule } from './modules/webhooks/index.js';
import { AccessModule, AuthenticationGuard, RequirementGuard, StepUpGuard } from './platform/access/index.js';
import { DebugHeadersGuard, MeteringGuard, MeteringModule } from './platform/metering/index.js';
import { SignatureGuard, SignatureModule } from './platform/signing/index.js';
import { AuditTrailModule } from './platform/audit/index.js';
import { ClockModule } from './platform/clock/index.js';
import { type Config, type Secrets, SettingsModule } from './platform/config/index.js';
import { DatabaseModule } from './platform/database/index.js';
import { EventsModule } from './platform/events/index.js';
import { BodyGuard, BodyModule } from './platform/http/body/index.js';
import { CsrfGuard, CsrfModule } from './platform/csrf/index.js';
import { OpenApiModule } from './platform/openapi/index.js';
import { IdempotencyModule } from './platform/idempotency/index.js';
import { SchemaPipe } from './platform/http/validation/index.js';
import { LimitsModule, RateLimitGuard, SignedRateLimitGuard } from './platform/limits/index.js';
import { MintingModule } from './platform/minting/index.js';
import { SealingModule } from './platform/sealing/index.js';
import type { Log } from './platform/log/index.js';
import { StatusModule } from './platform/status/index.js';
import { TelemetryModule } from './platform/telemetry/index.js';
import { WorkModule } from './platform/work/index.js';

/** What has to exist before the application can be put together. */
export interface AppParts {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly log: Log;
  readonly orm: MikroORM;
  /** Where invalidations are listened for: past any pooler. */
  readonly listenUrl: string;
}

/** The house: its modules, and the order in which a request passes the guards. */
@Module({})
export class AppModule {
  static forRoot({ config, secrets, clock, log, orm, listenUrl }: AppParts): DynamicModule {
    return {
      module: AppModule,
      imports: [
        SettingsModule.forRoot(config, secrets),
        ClockModule.forRoot(clock),
        TelemetryModule.forRoot(log),
        DatabaseModule.forRoot(orm, listenUrl),
        AccessModule,
        MintingModule,
        WorkModule,
        SignatureModule,
        LimitsModule,
        AuditTrailModule,
        EventsModule,
        MeteringModule,
        SealingModule,
        StatusModule,
        BodyModule,
        CsrfModule,
        OpenApiModule,
        IdempotencyModule,
        UsersModule,
        MfaModule,
        AuthModule,
        ApiKeysModule,
        ServiceAccountsModule,
        OAuthModule,
        CompressionModule,
        AnalyticsModule,
        WebhooksModule,
        AuditModule,
        AdminModule,
      ],
      providers: [
        // who calls (401), how often (429), whether it is signed (401), what they may do (403), then their quota (429); a
        // signed body is read with its signature, an unsigned one after all. An unsigned request is counted once it is
        // known that its key demands no signature, so that debug headers stand on its 429 and not on that refusal
        { provide: APP_GUARD, useClass: AuthenticationGuard },
        { provide: APP_GUARD, useClass: SignedRateLimitGuard },
        { provide: APP_GUARD, useClass: SignatureGuard },
        { provide: APP_GUARD, useClass: DebugHeadersGuard },
        { provide: APP_GUARD, useClass: RateLimitGuard },
        { provide: APP_GUARD, useClass: CsrfGuard },
        { provide: APP_GUARD, useClass: RequirementGuard },
        { provide: APP_GUARD, useClass: StepUpGuard },
        { provide: APP_GUARD, useClass: MeteringGuard },
        { provide: APP_GUARD, useClass: BodyGuard },
        { provide: APP_PIPE, useClass: SchemaPipe },
      ],
    };
  }
}
