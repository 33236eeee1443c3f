import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import type { Clock } from '../../../kernel/clock.js';
import { sha256 } from '../../../kernel/crypto/digest.js';
import { AppError } from '../../../kernel/errors/app-error.js';
import { newId } from '../../../kernel/ids.js';
import { Invalidations } from '../../../platform/access/index.js';
import { CLOCK } from '../../../platform/clock/clock.module.js';
import { Database } from '../../../platform/database/index.js';
import { type Page, toPage } from '../../../platform/http/paging/page.js';
import { CodecPool } from '../codec/pool/codec-pool.js';
import { codecRefusal } from '../codec/codec-client.js';
import { readText } from '../request/read-original.js';
import type { DictionaryQuery, DictionaryView, NewDictionary } from './dictionary.dto.js';
import { Dictionary } from './dictionary.entity.js';
import {
  countDictionaries,
  getDictionary,
  listDictionaries,
  lockDictionaries,
  unknownDictionary,
} from './dictionary.queries.js';
import { viewDictionary } from './dictionary.view.js';

/** The most dictionaries an owner may have. */
const DICTIONARIES_MAX = 100;

/** Dictionaries: training, reading and deleting. */
@Injectable()
export class DictionariesService {
  constructor(
    private readonly database: Database,
    private readonly pool: CodecPool,
    private readonly invalidations: Invalidations,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Trains a dictionary; the next version of its name. @throws AppError REQ_001 for samples that do not fit their
   * encoding or have nothing in common, REQ_006 beyond the number an owner may have, SRV_002 when the pool is full
   */
  async train(
    caller: Principal,
    input: z.infer<typeof NewDictionary>,
    signal: AbortSignal,
  ): Promise<z.infer<typeof DictionaryView>> {
    await this.database.read((em) => assertRoom(em, caller.userId, input.name));
    const samples = input.samples.map((text, place) => readText(text, input.encoding, `samples[${place}]`));
    const content = await this.trained(caller, samples, input.size, signal);
    return this.database.transaction(async (em) => {
      await lockDictionaries(em, caller.userId);
      const lastVersion = await assertRoom(em, caller.userId, input.name);
      const now = this.clock.now();
      const row = em.create(Dictionary, {
        id: newId(now),
        ownerId: caller.userId,
        name: input.name,
        version: lastVersion + 1,
        content,
        sizeBytes: content.length,
        digest: sha256(content),
        sampleCount: samples.length,
        createdAt: new Date(now),
        deletedAt: null,
      });
      em.persist(row);
      return viewDictionary(row);
    });
  }

  async list(caller: Principal, query: z.infer<typeof DictionaryQuery>): Promise<Page<z.infer<typeof DictionaryView>>> {
    const rows = await this.database.read((em) => listDictionaries(em, caller.userId, query));
    return toPage(rows, query.limit, viewDictionary);
  }

  /** @throws AppError COMP_003 */
  async get(caller: Principal, id: string): Promise<z.infer<typeof DictionaryView>> {
    const row = await this.database.read((em) => getDictionary(em, caller.userId, id));
    if (row.deletedAt) throw unknownDictionary();
    return viewDictionary(row);
  }

  /** Deletes a dictionary; what was compressed with it can no longer be opened here. @throws AppError COMP_003 */
  async delete(caller: Principal, id: string): Promise<void> {
    await this.database.transaction(async (em) => {
      const row = await getDictionary(em, caller.userId, id);
      const changes = { deletedAt: new Date(this.clock.now()), content: null };
      const deleted = await em.nativeUpdate(Dictionary, { id: row.id, deletedAt: null }, changes);
      if (deleted === 1) await this.invalidations.announce(em, { kind: 'dictionary', id: row.id });
    });
  }

  private async trained(
    caller: Principal,
    samples: readonly Buffer[],
    sizeBytesMax: number,
    signal: AbortSignal,
  ): Promise<Buffer> {
    try {
      return await this.pool.run(caller.userId, { operation: 'train', samples, sizeBytesMax }, signal);
    } catch (error) {
      if (error instanceof RangeError) throw nothingInCommon(error);
      throw codecRefusal(error);
    }
  }
}

/** The last version of the name. @throws AppError REQ_006 */
async function assertRoom(em: EntityManager, ownerId: string, name: string): Promise<number> {
  const { live, lastVersion } = await countDictionaries(em, ownerId, name);
  if (live < DICTIONARIES_MAX) return lastVersion;
  throw new AppError('REQ_006', { detail: `You may have at most ${DICTIONARIES_MAX} dictionaries; delete one first.` });
}

function nothingInCommon(cause: RangeError): AppError {
  const message = 'have nothing in common that a dictionary could hold';
  return new AppError('REQ_001', {
    detail: `The samples ${message}.`,
    errors: [{ field: 'samples', message }],
    cause,
  });
}
