import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import { Database } from '../../../platform/database/index.js';
import { type Page, toPage } from '../../../platform/http/paging/index.js';
import type { DictionaryQuery, DictionaryView } from './dictionary.dto.js';
import { getDictionary, listDictionaries, unknownDictionary } from './dictionary.queries.js';
import { viewDictionary } from './dictionary.view.js';

/** Reads an owner's dictionaries. */
@Injectable()
export class DictionariesService {
  constructor(private readonly database: Database) {}

  async list(caller: Principal, query: z.infer<typeof DictionaryQuery>): Promise<Page<z.infer<typeof DictionaryView>>> {
    const rows = await this.database.read((em) => listDictionaries(em, caller.userId, query));
    return toPage(rows, query.limit, viewDictionary);
  }

  /** @throws AppError COMP_003 */
  async get(caller: Principal, id: string): Promise<z.infer<typeof DictionaryView>> {
    const row = await this.database.read((em) => getDictionary(em, caller.userId, id));
    if (row.isDeleted()) throw unknownDictionary();
    return viewDictionary(row);
  }
}
