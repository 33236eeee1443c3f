import { Inject, Injectable } from '@nestjs/common';
import { PendingTags } from '../../platform/audit/index.js';
import { SECRETS, type Secrets } from '../../platform/config/index.js';
import { Database } from '../../platform/database/index.js';
import { SealedValues } from '../../platform/sealing/index.js';
import { HeadAnchor } from './head-anchor.js';
import { readSigningKeys } from './signing-key.js';
import { type TrailVerdict, verifyTrail } from './verify-trail.js';

/** Checks of the whole trail. */
@Injectable()
export class AuditVerification {
  private readonly tags: PendingTags;
  private running: Promise<TrailVerdict> | null = null;

  constructor(
    private readonly database: Database,
    private readonly anchor: HeadAnchor,
    private readonly values: SealedValues,
    @Inject(SECRETS) secrets: Secrets,
  ) {
    this.tags = new PendingTags(secrets.masterKeys);
  }

  /** Reads the whole trail; who asks while a check is under way gets its verdict. */
  verify(): Promise<TrailVerdict> {
    this.running ??= this.run().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async run(): Promise<TrailVerdict> {
    // read first: the trail may only have grown since
    const anchor = await this.anchor.read();
    return this.database.read(async (em) =>
      verifyTrail(em, { anchor, tags: this.tags, keys: await readSigningKeys(em, this.values) }),
    );
  }
}
