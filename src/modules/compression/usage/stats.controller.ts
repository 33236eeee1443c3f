import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import { CurrentPrincipal, Requires } from '../../../platform/access/index.js';
import { Answers } from '../../../platform/http/index.js';
import { HasOtherForm } from '../../../platform/openapi/index.js';
import { StatsQuery, StatsView } from './stats.dto.js';
import { StatsService } from './stats.service.js';
import { statsCsv } from './stats.view.js';

@ApiTags('Compression')
@Controller('api/compression')
export class StatsController {
  constructor(private readonly statistics: StatsService) {}

  @Get('stats')
  @Requires('read:compression')
  @ApiOperation({ operationId: 'getCompressionStats', summary: 'What you have compressed so far' })
  @Answers(200, StatsView, 'Totals, the same by algorithm, and by group if asked')
  @HasOtherForm({ status: 200, answers: 'text/csv' })
  async stats(
    @CurrentPrincipal() caller: Principal,
    @Query({ schema: StatsQuery }) query: z.infer<typeof StatsQuery>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<z.infer<typeof StatsView> | string> {
    const stats = await this.statistics.stats(caller, query);
    if (query.format === 'json') return stats;
    response.type('text/csv').attachment('compression-stats.csv');
    return statsCsv(stats, query.group_by);
  }
}
