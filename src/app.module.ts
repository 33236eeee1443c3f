import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import type { MikroORM } from '@mikro-orm/postgresql';
import type { Clock } from './kernel/clock.js';
import { ApiKeysModule } from './modules/api-keys/index.js';
import { AuthModule } from './modules/auth/index.js';
import { CompressionModule } from './modules/compression/index.js';
import { UsersModule } from './modules/users/index.js';
import { WebhooksModule } from './modules/webhooks/index.js';
import { AccessModule } from './platform/access/access.module.js';
import { AuthenticationGuard } from './platform/access/authentication.guard.js';
import { RequirementGuard } from './platform/access/requirement.guard.js';
import { ClockModule } from './platform/clock/clock.module.js';
import type { Config } from './platform/config/config.js';
import type { Secrets } from './platform/config/secrets.js';
import { SettingsModule } from './platform/config/settings.module.js';
import { DatabaseModule } from './platform/database/index.js';
import { EventsModule } from './platform/events/index.js';
import { BodyInterceptor } from './platform/http/body/body.interceptor.js';
import { HttpModule } from './platform/http/http.module.js';
import { SchemaPipe } from './platform/http/validation/schema.pipe.js';
import type { Log } from './platform/telemetry/log.js';
import { TelemetryModule } from './platform/telemetry/telemetry.module.js';
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
        WorkModule,
        EventsModule,
        HttpModule,
        UsersModule,
        AuthModule,
        ApiKeysModule,
        CompressionModule,
        WebhooksModule,
      ],
      providers: [
        // who calls (401), then what they may do (403); the body is read after both
        { provide: APP_GUARD, useClass: AuthenticationGuard },
        { provide: APP_GUARD, useClass: RequirementGuard },
        { provide: APP_INTERCEPTOR, useClass: BodyInterceptor },
        { provide: APP_PIPE, useClass: SchemaPipe },
      ],
    };
  }
}
