import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../kernel/access/principal.js';
import { AppError } from '../../../kernel/errors/app-error.js';
import { isUuid } from '../../../kernel/ids.js';
import { InvalidationFeed, InvalidationListeners } from '../../../platform/access/index.js';
import { Database } from '../../../platform/database/index.js';
import { type Algorithm, takesDictionary } from '../codec/format/codec-rules.js';
import { DictionaryCache } from './dictionary-cache.js';
import { findDictionaryContent, unknownDictionary } from './dictionary.queries.js';

/** The dictionaries as the codecs use them: by id, from memory while it can be trusted, else from the database. */
@Injectable()
export class DictionaryStore {
  private readonly cache = new DictionaryCache();

  constructor(
    private readonly database: Database,
    private readonly feed: InvalidationFeed,
    listeners: InvalidationListeners,
  ) {
    listeners.add('dictionary', this.cache);
  }

  /**
   * The dictionary of a request; undefined if it names none. @throws AppError REQ_001 for an algorithm that could not
   * tell a wrong dictionary, COMP_003 for an id that is not that of a dictionary of the caller
   */
  async forCodec(caller: Principal, algorithm: Algorithm, id: string | undefined): Promise<Buffer | undefined> {
    if (id === undefined) return undefined;
    if (!takesDictionary(algorithm)) throw notSupported(algorithm);
    if (!isUuid(id)) throw unknownDictionary();
    const found = await this.find(id.toLowerCase());
    if (found?.ownerId !== caller.userId) throw unknownDictionary();
    return found.content;
  }

  private async find(id: string) {
    const cached = this.feed.isCurrent() ? this.cache.find(id) : undefined;
    if (cached) return cached;
    const begun = this.cache.begin();
    const row = await findDictionaryContent(this.database, id);
    if (!row) return undefined;
    const found = { ownerId: row.owner_id, content: row.content };
    this.cache.put(id, begun, found);
    return found;
  }
}

function notSupported(algorithm: Algorithm): AppError {
  const message = `is not supported by ${algorithm}; use zstd or deflate`;
  return new AppError('REQ_001', {
    detail: `dictionary_id ${message}.`,
    errors: [{ field: 'dictionary_id', message }],
  });
}
