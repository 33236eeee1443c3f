import { Module } from '@nestjs/common';
import { AmbientRequests } from './ambient-requests.js';
import { CsrfCookie } from './csrf-cookie.js';
import { CsrfController } from './csrf.controller.js';
import { CsrfTokens } from './csrf-tokens.js';

/** Protection of requests whose credential comes along by itself, in a cookie. */
@Module({
  controllers: [CsrfController],
  providers: [CsrfTokens, CsrfCookie, AmbientRequests],
  exports: [AmbientRequests, CsrfCookie],
})
export class CsrfModule {}
