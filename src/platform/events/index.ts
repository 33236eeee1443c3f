export { type EventConsumer, EventConsumers, type RecordedEvent } from './event-consumers.js';
export { EventDemand } from './event-demand.js';
export { EventsModule } from './events.module.js';
export { type DomainEvent, Outbox } from './outbox.js';
export { OutboxEvent, OutboxEventSchema } from './outbox-event.entity.js';
