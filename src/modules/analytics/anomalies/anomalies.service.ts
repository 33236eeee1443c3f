import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import { Database } from '../../../platform/database/index.js';
import { type Page, toPage } from '../../../platform/http/paging/index.js';
import { printTime } from '../../../platform/http/index.js';
import type { AnomalyQuery, AnomalyView } from './anomaly.dto.js';
import { Anomaly } from './anomaly.entity.js';

/** What has been strange about an owner's keys. */
@Injectable()
export class AnomaliesService {
  constructor(private readonly database: Database) {}

  async list(caller: Principal, query: z.infer<typeof AnomalyQuery>): Promise<Page<z.infer<typeof AnomalyView>>> {
    const { limit, cursor, kind, key_id: keyId } = query;
    const rows = await this.database.read((em) =>
      em.find(
        Anomaly,
        {
          ownerId: caller.userId,
          ...(cursor && { id: { $lt: cursor } }),
          ...(kind && { kind }),
          ...(keyId && { keyId }),
        },
        { orderBy: { id: 'desc' }, limit: limit + 1 },
      ),
    );
    return toPage(rows, limit, viewAnomaly);
  }
}

function viewAnomaly({ id, kind, keyId, details, detectedAt }: Anomaly): z.infer<typeof AnomalyView> {
  return { id, kind, key_id: keyId, details, detected_at: printTime(detectedAt) };
}
