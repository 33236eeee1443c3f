import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { codeOf } from '../../kernel/errors/code-of.js';
import { CONFIG, type Config } from '../../platform/config/index.js';
import { Database } from '../../platform/database/index.js';
import { LOG, type Log } from '../../platform/log/index.js';
import { findLastHead } from './heads.repository.js';
import type { SignedHead } from './signed-head.js';

const AnchorFile = z.object({
  kind: z.literal('head'),
  sequence: z.int(),
  hash: z.string(),
  signedAtMs: z.number(),
  keyId: z.string(),
  signature: z.string(),
});

/**
 * Keeps the last signed head in a file of the data directory, outside of the database: who cuts off the end of the
 * trail together with its signed heads still contradicts what every server remembers.
 */
@Injectable()
export class HeadAnchor {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Takes over the newest head, unless the trail no longer contains the one that is kept. */
  async keep(): Promise<void> {
    const kept = await this.read();
    const { head, isIntact } = await this.database.read(async (em) => ({
      head: await findLastHead(em, 'head'),
      isIntact: kept === null || (await isContained(em, kept)),
    }));
    if (!isIntact) this.log.error({ kept }, 'the audit trail no longer contains the head that this server remembers');
    else if (head && head.sequence > (kept?.sequence ?? 0)) await this.write(head);
  }

  /** The head that is kept; null if there is none yet. */
  async read(): Promise<SignedHead | null> {
    try {
      return AnchorFile.parse(JSON.parse(await readFile(await this.path(), 'utf8')));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw error;
    }
  }

  private async write(head: SignedHead): Promise<void> {
    const path = await this.path();
    const draft = `${path}.${process.pid}`;
    await mkdir(this.config.dataDirectory, { recursive: true });
    await writeFile(draft, `${JSON.stringify(head)}\n`, { mode: 0o600 });
    await rename(draft, path);
  }

  /** One file a database: a data directory may serve several. */
  private async path(): Promise<string> {
    const { rows } = await this.database.query<{ name: string }>('select current_database() as name');
    return join(this.config.dataDirectory, `audit-head-${rows[0]?.name.replaceAll(/\W/g, '_')}.json`);
  }
}

/** Whether the trail has this head at its place, or has rightly forgotten that place. */
async function isContained(em: EntityManager, { sequence, hash }: SignedHead): Promise<boolean> {
  const floor = await findLastHead(em, 'floor');
  if (floor && floor.sequence >= sequence) return true;
  const [link] = await em.execute<{ hash: string }[]>(
    `select encode(hash, 'hex') as hash from audit.chain where sequence = ?`,
    [sequence],
  );
  return link?.hash === hash;
}
