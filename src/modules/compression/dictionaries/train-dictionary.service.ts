import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import type { Clock } from '../../../kernel/clock.js';
import { sha256 } from '../../../kernel/crypto/digest.js';
import { AppError } from '../../../kernel/errors/app-error.js';
import { newId } from '../../../kernel/ids.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { Database } from '../../../platform/database/index.js';
import { CodecClient } from '../codec/codec-client.js';
import { readText } from '../request/read-original.js';
import type { DictionaryView, NewDictionary } from './dictionary.dto.js';
import { Dictionary } from './dictionary.entity.js';
import { countDictionaries, lockDictionaries } from './dictionary.queries.js';
import { viewDictionary } from './dictionary.view.js';

/** The most dictionaries an owner may have. */
const DICTIONARIES_MAX = 100;

/** Trains a dictionary from samples; it becomes the next version of its name. */
@Injectable()
export class TrainDictionaryService {
  constructor(
    private readonly database: Database,
    private readonly codec: CodecClient,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @throws AppError REQ_001 for samples that do not fit their encoding or have nothing in common, REQ_006 beyond the
   * number an owner may have, SRV_002 when the pool is full
   */
  async train(
    caller: Principal,
    input: z.infer<typeof NewDictionary>,
    signal: AbortSignal,
  ): Promise<z.infer<typeof DictionaryView>> {
    await this.database.read((em) => lastVersionIfAllowed(em, caller.userId, input.name));
    const samples = input.samples.map((text, index) => readText(text, input.encoding, `samples[${index}]`));
    const content = await this.trained(caller, samples, input.size, signal);
    return this.database.transaction(async (em) => {
      await lockDictionaries(em, caller.userId);
      const version = (await lastVersionIfAllowed(em, caller.userId, input.name)) + 1;
      const trained = { ownerId: caller.userId, name: input.name, version, content, sampleCount: samples.length };
      const row = em.create(Dictionary, this.rowOf(trained));
      em.persist(row);
      return viewDictionary(row);
    });
  }

  private async trained(
    caller: Principal,
    samples: readonly Buffer[],
    sizeBytesMax: number,
    signal: AbortSignal,
  ): Promise<Buffer> {
    try {
      return await this.codec.run(caller, { operation: 'train', samples, sizeBytesMax }, signal);
    } catch (error) {
      throw error instanceof RangeError ? nothingInCommon(error) : error;
    }
  }

  private rowOf<Trained extends { content: Buffer }>(trained: Trained) {
    const now = this.clock.now();
    const { content } = trained;
    return {
      ...trained,
      id: newId(now),
      sizeBytes: content.length,
      digest: sha256(content),
      createdAt: new Date(now),
      deletedAt: null,
    };
  }
}

/** The last version of the name. @throws AppError REQ_006 for an owner who may not have one more */
async function lastVersionIfAllowed(em: EntityManager, ownerId: string, name: string): Promise<number> {
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
