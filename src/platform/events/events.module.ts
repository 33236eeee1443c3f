import { Global, Module } from '@nestjs/common';
import { EventDemand } from './event-demand.js';
import { Outbox } from './outbox.js';

/** Recording of what has happened. */
@Global()
@Module({ providers: [Outbox, EventDemand], exports: [Outbox, EventDemand] })
export class EventsModule {}
