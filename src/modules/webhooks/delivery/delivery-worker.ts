import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../../kernel/clock.js';
import { newId } from '../../../kernel/ids.js';
import { CLOCK } from '../../../platform/clock/clock.module.js';
import { Database } from '../../../platform/database/index.js';
import { Outbox } from '../../../platform/events/index.js';
import { LOG, type Log } from '../../../platform/telemetry/log.js';
import { WorkLoop, type Worker, Workers } from '../../../platform/work/index.js';
import { type ClaimedEndpoint, claimDeliveries } from './claim-deliveries.js';
import type { TurnResult } from './receipt.js';
import { settleTurns } from './settle-turns.js';
import { WebhookSender } from './webhook-sender.js';

/** Endpoints that are sent to at once; of these, endpoints whose last answer was a failure. */
const TURNS_MAX = 200;
const FAILING_TURNS_MAX = 50;

/** Deliveries of one turn. */
const DELIVERIES_MAX = 200;

/** How long a lease holds without being renewed: after a crash its endpoints wait that long. In milliseconds. */
const LEASE_MS = 20_000;
const RENEWAL_INTERVAL_MS = 5_000;

/** How long an endpoint is left alone after a fault of ours, in milliseconds. */
const FAULT_PAUSE_MS = 60_000;

/** How long requests under way may take once the process is asked to stop, in milliseconds. */
const STOP_DEADLINE_MS = 10_000;

const RENEW_LEASES = {
  name: 'renew-webhook-leases',
  text: 'update webhook_endpoints set lease_until = $2 where id = any($1::uuid[]) and lease_holder = $3',
};

/**
 * Sends what is due. Each endpoint has its own turn, so a dead, slow or endless receiver delays nobody but itself; one
 * process at a time holds an endpoint, by a lease. Claims and receipts are written in batches, one of each at a time, so
 * that the work takes two connections of the pool at most.
 */
@Injectable()
export class DeliveryWorker implements Worker {
  private readonly holder: string;
  private readonly turns = new Map<string, { readonly isFailing: boolean }>();
  private readonly stopping = new AbortController();
  private readonly abort = new AbortController();
  private finished: TurnResult[] = [];
  private renewal: NodeJS.Timeout | null = null;
  /** Set while the process stops: resolved when no turn is left. */
  private idle: PromiseWithResolvers<void> | null = null;
  private readonly claiming = new WorkLoop(
    () => this.claim(),
    (error) => this.log.warn({ err: error }, 'webhook deliveries could not be claimed; trying again'),
  );
  private readonly settling = new WorkLoop(
    () => this.settle(),
    (error) => this.log.warn({ err: error }, 'webhook receipts could not be written; trying again'),
  );

  constructor(
    workers: Workers,
    private readonly sender: WebhookSender,
    private readonly database: Database,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.holder = newId(clock.now());
    workers.register(this);
  }

  wake(): void {
    this.renewal ??= setInterval(() => void this.renew(), RENEWAL_INTERVAL_MS);
    if (this.finished.length > 0) this.settling.wake();
    this.claiming.wake();
  }

  /** Lets requests under way end, writes their receipts, and gives every lease back. */
  async stop(): Promise<void> {
    if (this.renewal) clearInterval(this.renewal);
    this.stopping.abort();
    await this.claiming.stop();
    const deadline = setTimeout(() => this.abort.abort(), STOP_DEADLINE_MS);
    this.idle = Promise.withResolvers<void>();
    this.end([]);
    await this.idle.promise;
    clearTimeout(deadline);
    await this.settling.stop();
    this.sender.close();
  }

  private async claim(): Promise<boolean> {
    const failing = [...this.turns.values()].filter(({ isFailing }) => isFailing).length;
    const free = TURNS_MAX - this.turns.size;
    if (free <= 0) return false;
    const now = this.clock.now();
    const endpoints = await claimDeliveries(this.database, {
      holder: this.holder,
      now,
      leaseUntil: now + LEASE_MS,
      endpointsMax: Math.max(free - FAILING_TURNS_MAX + failing, 0),
      failingEndpointsMax: Math.min(FAILING_TURNS_MAX - failing, free),
      deliveriesMax: DELIVERIES_MAX,
      busy: [...this.turns.keys()],
    });
    for (const endpoint of endpoints) void this.run(endpoint);
    return false;
  }

  private async run(endpoint: ClaimedEndpoint): Promise<void> {
    this.turns.set(endpoint.id, { isFailing: endpoint.health.consecutiveFailures > 0 });
    const result = await this.turnOf(endpoint);
    this.finished.push(result);
    this.settling.wake();
  }

  private async turnOf(endpoint: ClaimedEndpoint): Promise<TurnResult> {
    try {
      return await this.sender.take(endpoint, this.stopping.signal, this.abort.signal);
    } catch (error) {
      // a fault on our side, such as a secret that does not open: no attempt has been made
      this.log.error({ err: error, webhook_id: endpoint.id }, 'an endpoint cannot be sent to');
      const health = { ...endpoint.health, pausedUntil: this.clock.now() + FAULT_PAUSE_MS };
      return { endpointId: endpoint.id, health, receipts: [], returned: endpoint.deliveries };
    }
  }

  /** Writes the receipts of all turns that have ended meanwhile in one transaction. */
  private async settle(): Promise<boolean> {
    const turns = this.finished;
    if (turns.length === 0) return false;
    this.finished = [];
    try {
      await this.write(turns);
    } catch (error) {
      // a process that stops cannot wait for the database: the leases run out, and what was sent is sent again
      if (this.stopping.signal.aborted) this.end(turns.map(({ endpointId }) => endpointId));
      else this.finished.push(...turns);
      throw error;
    }
    this.end(turns.map(({ endpointId }) => endpointId));
    this.claiming.wake();
    return this.finished.length > 0;
  }

  private async write(turns: readonly TurnResult[]): Promise<void> {
    await this.database.transaction(async (em) => {
      const disabled = await settleTurns(em, this.holder, turns, this.clock.now());
      for (const { id, ownerId, reason } of disabled) {
        this.outbox.record(em, { type: 'webhook.disabled', ownerId, data: { webhook_id: id, reason } });
      }
    });
  }

  private end(endpointIds: readonly string[]): void {
    for (const id of endpointIds) this.turns.delete(id);
    if (this.turns.size === 0) this.idle?.resolve();
  }

  private async renew(): Promise<void> {
    if (this.turns.size === 0) return;
    const until = new Date(this.clock.now() + LEASE_MS);
    try {
      await this.database.query(RENEW_LEASES, [[...this.turns.keys()], until, this.holder]);
    } catch (error) {
      this.log.warn({ err: error }, 'leases of webhook endpoints could not be renewed');
    }
  }
}
