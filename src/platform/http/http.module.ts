import { Module } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.js';
import { JsonReader } from './body/json-reader.js';
import { AmbientRequests } from './csrf/ambient-requests.js';
import { CsrfCookie } from './csrf/csrf-cookie.js';
import { CsrfController } from './csrf/csrf.controller.js';
import { CsrfTokens } from './csrf/csrf-tokens.js';
import { ErrorsController } from './problem/errors.controller.js';

const JSON_READER = { provide: JsonReader, inject: [CONFIG], useFactory: (config: Config) => new JsonReader(config) };

/** What every route shares: bodies, validation, problems and their documentation. */
@Module({
  controllers: [ErrorsController, CsrfController],
  providers: [CsrfTokens, CsrfCookie, AmbientRequests, JSON_READER],
  exports: [AmbientRequests, CsrfCookie, JsonReader],
})
export class HttpModule {}
