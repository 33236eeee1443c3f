import { Injectable } from '@nestjs/common';
import { Client } from 'pg';
import { monthPartition } from '../../platform/audit/index.js';
import { Database, DatabaseClock } from '../../platform/database/index.js';
import { AuditChain } from './audit-chain.js';
import { AuditVerification } from './audit-verification.service.js';
import { ChainSigner } from './chain-signer.js';
import { deleteUpTo, findFloor } from './delete-trail.js';

/** Deletes what is older than an installation keeps. */
@Injectable()
export class AuditRetention {
  constructor(
    private readonly database: Database,
    private readonly chain: AuditChain,
    private readonly signer: ChainSigner,
    private readonly verification: AuditVerification,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * Deletes the whole months before the last `months` ones, as the owner of the tables. Where the trail begins then is
   * signed first, so that a check can tell this from a trail that somebody has cut; so the trail must be in order while
   * all of it can still be looked at. @returns the partitions dropped; null: it is damaged, and nothing was deleted
   */
  async prune(ownerUrl: string, months: number): Promise<string[] | null> {
    await this.chain.advance();
    if ((await this.verification.verify()).firstBad) return null;
    const cutoff = monthPartition(await this.clock.purgeableUntilMs(), -months).from;
    const owner = new Client({ connectionString: ownerUrl });
    await owner.connect();
    try {
      const floor = await findFloor(owner, cutoff);
      if (!floor) return [];
      await this.database.transaction((em) => this.signer.sign(em, 'floor', floor));
      return await deleteUpTo(owner, floor.sequence, cutoff);
    } finally {
      await owner.end();
    }
  }
}
