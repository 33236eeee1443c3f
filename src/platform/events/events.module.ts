import { Global, Module } from '@nestjs/common';
import { EventConsumers } from './event-consumers.js';
import { EventDemand } from './event-demand.js';
import { EventDispatcher } from './event-dispatcher.js';
import { Outbox } from './outbox.js';
import { OutboxRetention } from './outbox-retention.js';

/** Recording of what has happened, and telling those who listen. */
@Global()
@Module({
  providers: [Outbox, EventConsumers, EventDemand, EventDispatcher, OutboxRetention],
  exports: [Outbox, EventConsumers, EventDemand],
})
export class EventsModule {}
