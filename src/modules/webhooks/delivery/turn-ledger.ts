import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../../kernel/clock.js';
import { newId } from '../../../kernel/ids.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { Database } from '../../../platform/database/index.js';
import { Outbox } from '../../../platform/events/index.js';
import { LOG, type Log } from '../../../platform/log/index.js';
import type { ClaimedDelivery } from './claim-deliveries.js';
import type { RestockRequest } from './endpoint-turn.js';
import type { TurnResult } from './receipt.js';
import { restockTurns } from './restock-turns.js';
import { settleTurns } from './settle-turns.js';
import { WriteQueue } from './write-queue.js';

/** Writes down what turns bring: of all that wait at once, in one transaction. */
@Injectable()
export class TurnLedger {
  /** The name under which this process holds leases. */
  readonly holder: string;
  private readonly restocking: WriteQueue<RestockRequest, readonly ClaimedDelivery[]>;
  private readonly settling: WriteQueue<TurnResult, true>;

  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) log: Log,
  ) {
    this.holder = newId(clock.now());
    const failed = (error: unknown): void => {
      log.warn({ err: error }, 'webhook receipts could not be written; trying again');
    };
    this.restocking = new WriteQueue((requests) => this.restockAll(requests), failed);
    this.settling = new WriteQueue((turns) => this.settleAll(turns), failed);
  }

  /** Writes the receipts of a turn that goes on. @returns what else is due for it; null: neither, the process stops */
  restock(request: RestockRequest): Promise<readonly ClaimedDelivery[] | null> {
    return this.restocking.add(request);
  }

  /** Writes what is left of a turn and gives its lease back; when the process stops and cannot, the lease runs out. */
  async settle(turn: TurnResult): Promise<void> {
    await this.settling.add(turn);
  }

  /** Tries again what could not be written. */
  wake(): void {
    this.restocking.wake();
    this.settling.wake();
  }

  /** From now on no turn waits for a database that fails: what was sent is then sent again. */
  prepareToStop(): void {
    this.restocking.prepareToStop();
    this.settling.prepareToStop();
  }

  async stop(): Promise<void> {
    await Promise.all([this.restocking.stop(), this.settling.stop()]);
  }

  private async restockAll(requests: readonly RestockRequest[]): Promise<(readonly ClaimedDelivery[])[]> {
    const claimed = await restockTurns(this.database, this.holder, requests, this.clock.now());
    return requests.map(({ endpointId }) => claimed.get(endpointId) ?? []);
  }

  private async settleAll(turns: readonly TurnResult[]): Promise<true[]> {
    await this.database.transaction(async (em) => {
      const disabled = await settleTurns(em, this.holder, turns, this.clock.now());
      for (const { id, ownerId, reason } of disabled) {
        this.outbox.record(em, { type: 'webhook.disabled', ownerId, data: { webhook_id: id, reason } });
      }
    });
    return turns.map(() => true);
  }
}
