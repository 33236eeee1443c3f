import { Injectable } from '@nestjs/common';

/** Somebody who may want events of an owner. */
export interface DemandSource {
  isWanted(ownerId: string, type: string): Promise<boolean>;
}

/**
 * Whether anybody wants an event. Only for events that happen at every turn and would be recorded for nobody; the answer
 * may be a few seconds old.
 */
@Injectable()
export class EventDemand {
  private readonly sources: DemandSource[] = [];

  register(source: DemandSource): void {
    this.sources.push(source);
  }

  async isWanted(ownerId: string, type: string): Promise<boolean> {
    for (const source of this.sources) if (await source.isWanted(ownerId, type)) return true;
    return false;
  }
}
