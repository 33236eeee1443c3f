import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '../../kernel/clock.js';
import { CLOCK } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { LOG, type Log } from '../../platform/log/index.js';
import { PacedRounds } from '../../platform/work/index.js';
import { AuditChain } from './audit-chain.js';
import { HeadAnchor } from './head-anchor.js';

/** A row is chained within a second of its commit: half of it is the longest wait, the rest is for the work. */
const INTERVAL_MS = 400;

/** How often this process takes over the newest head into its own file. */
const ANCHOR_INTERVAL_MS = 15_000;

/** How often the head is looked at although no row is waiting. */
const IDLE_ROUNDS = 10;

const IS_ANYTHING_PENDING = { name: 'is-audit-pending', text: 'select 1 from audit.pending limit 1' };

/** Lets every process offer to lead the chain, again and again. */
@Injectable()
export class ChainWorker implements OnModuleInit, OnApplicationShutdown {
  private readonly rounds: PacedRounds;
  private idleRounds = 0;
  private anchoredAtMs = 0;

  constructor(
    private readonly database: Database,
    private readonly chain: AuditChain,
    private readonly anchor: HeadAnchor,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) log: Log,
  ) {
    this.rounds = new PacedRounds(
      INTERVAL_MS,
      () => this.round(),
      (error) => log.warn({ err: error }, 'the audit trail is chained in the next round'),
    );
  }

  onModuleInit(): void {
    this.rounds.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.rounds.stop();
  }

  private async round(): Promise<void> {
    await this.advance();
    await this.keepAnchor();
  }

  private async advance(): Promise<void> {
    const { rowCount } = await this.database.query(IS_ANYTHING_PENDING);
    this.idleRounds = rowCount === 0 ? this.idleRounds + 1 : 0;
    if (this.idleRounds % IDLE_ROUNDS === 0) await this.chain.advance();
  }

  private async keepAnchor(): Promise<void> {
    const now = this.clock.now();
    if (Math.abs(now - this.anchoredAtMs) < ANCHOR_INTERVAL_MS) return;
    // first: a directory that cannot be written is complained about at this pace, not in every round
    this.anchoredAtMs = now;
    await this.anchor.keep();
  }
}
