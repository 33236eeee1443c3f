import { Injectable } from '@nestjs/common';
import type { EventType } from '../../kernel/events/event-types.js';

/** Somebody who may want events: says whether an owner's events of a type are wanted, without asking the database. */
export type DemandSource = (ownerId: string, type: EventType) => boolean;

/**
 * Whether anybody wants an event. Facts that are worth keeping are recorded in any case; events that are as frequent as
 * requests ask here first, and are not made for nobody. Until a source registers, nobody wants anything.
 */
@Injectable()
export class EventDemand {
  private readonly sources: DemandSource[] = [];

  register(source: DemandSource): void {
    this.sources.push(source);
  }

  isWanted(ownerId: string, type: EventType): boolean {
    return this.sources.some((source) => source(ownerId, type));
  }
}
