import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors/app-error.js';
import { Administrators } from '../../platform/access/index.js';
import { AuditTrail } from '../../platform/audit/index.js';
import { CLOCK } from '../../platform/clock/index.js';
import { type Page, toPage } from '../../platform/http/paging/index.js';
import { csvLines, CSV_HEAD, viewDecision, viewEvent } from './audit-event.view.js';
import type { AccessDecisionView, AuditEventQuery, AuditEventView, AuditExportQuery } from './audit.dto.js';
import { AuditEvents, type EventFilter } from './find-events.js';

type Filters = Omit<EventFilter, 'cursor' | 'limit'>;

/** Rows that an export reads at once. */
const EXPORT_BATCH = 1_000;

/** How long it can be asked why a request was refused. */
const DECISION_TTL_MS = 7 * 24 * 60 * 60 * 1000;

/** Reading of the trail: everybody's own, and all of it for administrators, whose looks at others are on record. */
@Injectable()
export class AuditService {
  constructor(
    private readonly events: AuditEvents,
    private readonly trail: AuditTrail,
    private readonly administrators: Administrators,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async list(caller: Principal, query: z.infer<typeof AuditEventQuery>): Promise<Page<z.infer<typeof AuditEventView>>> {
    const filters = await this.filtersFor(caller, query);
    await this.recordLook(caller, 'listAuditEvents', filters);
    const rows = await this.events.find({ ...filters, cursor: query.cursor, limit: query.limit + 1 });
    return toPage(rows, query.limit, viewEvent);
  }

  /** The lines of an export, a batch at a time, newest first. Rows that are written meanwhile are not in it. */
  async export(caller: Principal, query: z.infer<typeof AuditExportQuery>): Promise<AsyncIterable<string>> {
    const filters = await this.filtersFor(caller, query);
    await this.recordLook(caller, 'exportAuditEvents', filters);
    return this.lines(filters);
  }

  /** Why a request was refused. @throws AppError REQ_005 also for others' requests and after seven days */
  async decision(caller: Principal, requestId: string): Promise<z.infer<typeof AccessDecisionView>> {
    const maySeeAll = caller.permissions.has('admin:audit') && (await this.administrators.isTrusted(caller));
    const filters: Filters = {
      ownerId: maySeeAll ? undefined : caller.userId,
      type: 'access.denied',
      requestId,
      from: new Date(this.clock.now() - DECISION_TTL_MS),
    };
    const [row] = await this.events.find({ ...filters, limit: 1 });
    if (!row) throw new AppError('REQ_005', { detail: 'No refused request of this id is known.' });
    if (row.owner_id !== caller.userId) await this.recordLook(caller, 'getAccessDecision', filters);
    return viewDecision(row);
  }

  /** What the caller may see of what it asks for. @throws AppError AUTH_009, AUTH_006 for another's trail */
  private async filtersFor(caller: Principal, query: z.infer<typeof AuditExportQuery>): Promise<Filters> {
    const isAdministrator = caller.permissions.has('admin:audit');
    const ownerId = query.owner_id ?? (isAdministrator ? undefined : caller.userId);
    if (ownerId !== caller.userId) {
      if (!isAdministrator) {
        throw new AppError('AUTH_009', { detail: 'The trail of others is open to administrators only.' });
      }
      await this.administrators.assertTrusted(caller);
    }
    return {
      ownerId,
      type: query.type,
      actorId: query.actor_id,
      requestId: query.request_id,
      from: query.from,
      to: query.to,
    };
  }

  private async *lines(filters: Filters): AsyncIterable<string> {
    yield CSV_HEAD;
    let cursor: string | undefined;
    for (;;) {
      const rows = await this.events.find({ ...filters, cursor, limit: EXPORT_BATCH });
      if (rows.length > 0) yield csvLines(rows);
      if (rows.length < EXPORT_BATCH) return;
      cursor = rows.at(-1)?.id;
    }
  }

  private async recordLook(caller: Principal, operation: string, filters: Filters): Promise<void> {
    if (filters.ownerId === caller.userId) return;
    await this.trail.note({
      type: 'admin.read',
      ownerId: filters.ownerId ?? null,
      data: { operation, type: filters.type ?? null, request_id: filters.requestId ?? null },
    });
  }
}
