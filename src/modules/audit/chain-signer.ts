import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../kernel/clock.js';
import { CLOCK } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { SealedValues } from '../../platform/sealing/index.js';
import { LOG, type Log } from '../../platform/log/index.js';
import type { ChainPosition } from './chain-hash.js';
import { findLastHead, saveHead } from './heads.repository.js';
import { type HeadKind, signHead } from './signed-head.js';
import { makeSigningKey, readSigningKeys, type SigningKey } from './signing-key.js';

/** How often the head is signed, if it has moved. */
const SIGNING_INTERVAL_MS = 60_000;

/** Signs where the chain stands. */
@Injectable()
export class ChainSigner {
  private lastKnown: { readonly sequence: number; readonly signedAtMs: number } | null = null;

  constructor(
    private readonly database: Database,
    private readonly values: SealedValues,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Signs the head once a minute, in the transaction of the leader. */
  async signIfDue(em: EntityManager, position: ChainPosition): Promise<void> {
    if (this.isKnownToBeFresh(position)) return;
    const last = await findLastHead(em, 'head');
    this.lastKnown = last;
    if (last && !this.isDue(last, position)) return;
    if (position.sequence > 0) await this.sign(em, 'head', position);
  }

  /** Signs a position for good, in the transaction of whoever deletes what lies before it. */
  async sign(em: EntityManager, kind: HeadKind, position: ChainPosition): Promise<void> {
    const now = this.clock.now();
    const head = signHead(await this.currentKey(em), kind, position, now);
    await saveHead(em, head);
    this.database.afterCommit(em, () => {
      if (kind === 'head') this.lastKnown = head;
      // the log leaves the machine, so that whoever rewrites the tables has to rewrite the log as well
      this.log.info({ audit_head: head }, 'the head of the audit trail is signed');
    });
  }

  private async currentKey(em: EntityManager): Promise<SigningKey> {
    const [newest] = await readSigningKeys(em, this.values);
    return newest ?? makeSigningKey(em, this.values, this.clock.now());
  }

  private isKnownToBeFresh(position: ChainPosition): boolean {
    return this.lastKnown !== null && !this.isDue(this.lastKnown, position);
  }

  private isDue(
    last: { readonly sequence: number; readonly signedAtMs: number },
    { sequence }: ChainPosition,
  ): boolean {
    return sequence > last.sequence && Math.abs(this.clock.now() - last.signedAtMs) >= SIGNING_INTERVAL_MS;
  }
}
