import { Global, Module } from '@nestjs/common';
import { Outbox } from './outbox.js';

/** Recording of what has happened. */
@Global()
@Module({ providers: [Outbox], exports: [Outbox] })
export class EventsModule {}
