import { Body, Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import { CurrentPrincipal, Requires } from '../../platform/access/index.js';
import { Idempotent } from '../../platform/idempotency/index.js';
import { Answers } from '../../platform/http/index.js';
import { HasOtherForm } from '../../platform/openapi/index.js';
import type { Page } from '../../platform/http/paging/index.js';
import { AnomaliesService } from './anomalies/anomalies.service.js';
import { AnomalyPage, AnomalyQuery, type AnomalyView } from './anomalies/anomaly.dto.js';
import { CustomEventPage, CustomEventQuery, CustomEventView, NewCustomEvent } from './events/custom-event.dto.js';
import { CustomEventsService } from './events/custom-events.service.js';
import { RecordEventService } from './events/record-event.service.js';
import { printUsageCsv } from './usage/print-usage-csv.js';
import { UsageQuery, UsageView } from './usage/usage.dto.js';
import { UsageService } from './usage/usage.service.js';

@ApiTags('Analytics')
@Controller('api/analytics')
export class AnalyticsController {
  constructor(
    private readonly usage: UsageService,
    private readonly events: CustomEventsService,
    private readonly recordEventService: RecordEventService,
    private readonly anomalies: AnomaliesService,
  ) {}

  @Get('usage')
  @Requires('read:analytics')
  @ApiOperation({ operationId: 'getUsage', summary: 'Count your requests by key, route, status, address and time' })
  @Answers(200, UsageView, 'The counts; by time, then the busiest first')
  @HasOtherForm({ status: 200, answers: 'text/csv' })
  async getUsage(
    @CurrentPrincipal() caller: Principal,
    @Query({ schema: UsageQuery }) query: z.infer<typeof UsageQuery>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<z.infer<typeof UsageView> | string> {
    const usage = await this.usage.usage(caller, query);
    if (query.format === 'json') return usage;
    response.type('text/csv').attachment('usage.csv');
    return printUsageCsv(usage);
  }

  @Post('events')
  @Requires('write:analytics')
  @Idempotent()
  @ApiOperation({ operationId: 'recordEvent', summary: 'Report an event of your own software' })
  @Answers(201, CustomEventView, 'The event')
  recordEvent(
    @CurrentPrincipal() caller: Principal,
    @Body({ schema: NewCustomEvent }) body: z.infer<typeof NewCustomEvent>,
  ): Promise<z.infer<typeof CustomEventView>> {
    return this.recordEventService.record(caller, body);
  }

  @Get('events')
  @Requires('read:analytics')
  @ApiOperation({ operationId: 'listEvents', summary: 'List the events that your software has reported, newest first' })
  @Answers(200, CustomEventPage, 'A page of events')
  listEvents(
    @CurrentPrincipal() caller: Principal,
    @Query({ schema: CustomEventQuery }) query: z.infer<typeof CustomEventQuery>,
  ): Promise<Page<z.infer<typeof CustomEventView>>> {
    return this.events.list(caller, query);
  }

  @Get('anomalies')
  @Requires('read:analytics')
  @ApiOperation({ operationId: 'listAnomalies', summary: 'List what was strange about your keys, newest first' })
  @Answers(200, AnomalyPage, 'A page of anomalies')
  listAnomalies(
    @CurrentPrincipal() caller: Principal,
    @Query({ schema: AnomalyQuery }) query: z.infer<typeof AnomalyQuery>,
  ): Promise<Page<z.infer<typeof AnomalyView>>> {
    return this.anomalies.list(caller, query);
  }
}
