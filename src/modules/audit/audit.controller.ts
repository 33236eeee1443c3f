import { Readable } from 'node:stream';
import { Controller, Get, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import { CurrentPrincipal, Requires } from '../../platform/access/index.js';
import { Answers, Refuses } from '../../platform/http/index.js';
import type { Page } from '../../platform/http/paging/index.js';
import { ResourceId } from '../../platform/http/validation/index.js';
import {
  AccessDecisionView,
  AuditEventPage,
  AuditEventQuery,
  type AuditEventView,
  AuditExportQuery,
  TrailVerdictView,
} from './audit.dto.js';
import { AuditService } from './audit.service.js';
import { AuditVerification } from './audit-verification.service.js';

@ApiTags('Audit')
@Controller('api/audit')
export class AuditController {
  constructor(
    private readonly audit: AuditService,
    private readonly verification: AuditVerification,
  ) {}

  @Get('events')
  @Requires('read:audit')
  @ApiOperation({ operationId: 'listAuditEvents', summary: 'Read the audit trail, newest first' })
  @Answers(200, AuditEventPage, 'A page of your trail; administrators see everybody’s')
  @Refuses('AUTH_006')
  list(
    @CurrentPrincipal() caller: Principal,
    @Query({ schema: AuditEventQuery }) query: z.infer<typeof AuditEventQuery>,
  ): Promise<Page<z.infer<typeof AuditEventView>>> {
    return this.audit.list(caller, query);
  }

  @Get('events.csv')
  @Requires('read:audit')
  @ApiOperation({ operationId: 'exportAuditEvents', summary: 'Export the audit trail as a table, newest first' })
  @ApiResponse({
    status: 200,
    description: 'One line a row; cells that a spreadsheet would take for a formula are escaped',
    content: { 'text/csv': { schema: { type: 'string' } } },
  })
  @Refuses('AUTH_006')
  async export(
    @CurrentPrincipal() caller: Principal,
    @Query({ schema: AuditExportQuery }) query: z.infer<typeof AuditExportQuery>,
  ): Promise<StreamableFile> {
    const lines = await this.audit.export(caller, query);
    const options = { type: 'text/csv; charset=utf-8', disposition: 'attachment; filename="audit-events.csv"' };
    return new StreamableFile(Readable.from(lines), options);
  }

  @Get('verify')
  @Requires('admin:audit')
  @ApiOperation({ operationId: 'verifyAuditTrail', summary: 'Check that the audit trail is as it was written' })
  @Answers(200, TrailVerdictView, 'The verdict, with the first bad row if there is one')
  async verify(): Promise<z.infer<typeof TrailVerdictView>> {
    const { firstBad, checked, end } = await this.verification.verify();
    return {
      valid: firstBad === null,
      checked,
      head: { sequence: end.sequence, hash: end.hash },
      first_bad: firstBad && { fault: firstBad.fault, sequence: firstBad.sequence, event_id: firstBad.eventId },
    };
  }

  @Get('decisions/:id')
  @Requires('read:audit')
  @ApiOperation({ operationId: 'getAccessDecision', summary: 'Ask why a request was refused, by its X-Request-Id' })
  @Answers(200, AccessDecisionView, 'Each check in its order, with its verdict; kept for seven days')
  decision(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: ResourceId }) requestId: string,
  ): Promise<z.infer<typeof AccessDecisionView>> {
    return this.audit.decision(caller, requestId);
  }
}
