import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import { Database } from '../../../platform/database/index.js';
import { type Page, toPage } from '../../../platform/http/paging/index.js';
import type { CustomEventQuery, CustomEventView } from './custom-event.dto.js';
import { CustomEvent } from './custom-event.entity.js';
import { viewCustomEvent } from './custom-event.view.js';

/** Events that an owner's own software has reported. */
@Injectable()
export class CustomEventsService {
  constructor(private readonly database: Database) {}

  /** A page of them, the newest first. */
  async list(
    caller: Principal,
    query: z.infer<typeof CustomEventQuery>,
  ): Promise<Page<z.infer<typeof CustomEventView>>> {
    const { limit, cursor, name } = query;
    const rows = await this.database.read((em) =>
      em.find(
        CustomEvent,
        { ownerId: caller.userId, ...(cursor && { id: { $lt: cursor } }), ...(name !== undefined && { name }) },
        { orderBy: { id: 'desc' }, limit: limit + 1 },
      ),
    );
    return toPage(rows, limit, viewCustomEvent);
  }
}
