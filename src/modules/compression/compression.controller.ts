import { Body, Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import { CurrentPrincipal, Requires } from '../../platform/access/index.js';
import { DataBody } from '../../platform/http/body/body-limit.decorator.js';
import type { JsonBody } from '../../platform/http/body/json-body.js';
import { StreamedBody } from '../../platform/http/body/streamed-body.decorator.js';
import { Answers, Refuses } from '../../platform/http/openapi/answer.decorators.js';
import { HasOtherForm } from '../../platform/http/openapi/other-form.js';
import { Analysis, AnalysisView } from './analysis/analysis.dto.js';
import { AnalyzeCompressionService } from './analysis/analyze-compression.service.js';
import { watchForLeave } from './request/client-gone.js';
import { Compression, CompressionView, Decompression, DecompressionView } from './compression.dto.js';
import { CompressionService } from './compress.service.js';
import { StatsQuery, StatsView } from './usage/stats.dto.js';
import { statsCsv } from './usage/stats-csv.js';
import { StatsService } from './usage/stats.service.js';
import { isStreamedForm } from './streamed/is-streamed-form.js';
import { STREAMED_FORM, StreamedCompression, StreamedDecompression } from './streamed/streamed.dto.js';
import { StreamedCompressionService } from './streamed/stream-body.service.js';

@ApiTags('Compression')
@Controller('api/compression')
export class CompressionController {
  constructor(
    private readonly compression: CompressionService,
    private readonly streamed: StreamedCompressionService,
    private readonly analysis: AnalyzeCompressionService,
    private readonly statistics: StatsService,
  ) {}

  @Post('compress')
  @Requires('write:compression')
  @StreamedBody()
  @DataBody()
  @ApiOperation({
    operationId: 'compress',
    summary: 'Compress a JSON value, a text or bytes',
    description: 'The query parameters belong to the streamed form: any body that is not JSON.',
  })
  @Answers(200, CompressionView, 'The compressed bytes, of a JSON body in base64')
  @HasOtherForm({ ...STREAMED_FORM, headers: { 'X-Compression-Level': 'The level used', ...STREAMED_FORM.headers } })
  @Refuses('COMP_003')
  async compress(
    @CurrentPrincipal() caller: Principal,
    @Body({ schema: Compression.optional() }) body: z.infer<typeof Compression> | undefined,
    @Query({ schema: StreamedCompression }) query: z.infer<typeof StreamedCompression>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    if (isStreamedForm(request)) return this.streamed.compress(caller, query, { request, response });
    const json = request.jsonBody as JsonBody;
    response.json(await this.compression.compress(caller, body, json, watchForLeave(response)));
  }

  @Post('decompress')
  @Requires('write:compression')
  @StreamedBody()
  @DataBody()
  @ApiOperation({
    operationId: 'decompress',
    summary: 'Get the original back',
    description: 'The query parameters belong to the streamed form: any body that is not JSON.',
  })
  @Answers(200, DecompressionView, 'The original')
  @HasOtherForm(STREAMED_FORM)
  @Refuses('COMP_001', 'COMP_002', 'COMP_003')
  async decompress(
    @CurrentPrincipal() caller: Principal,
    @Body({ schema: Decompression.optional() }) body: z.infer<typeof Decompression> | undefined,
    @Query({ schema: StreamedDecompression }) query: z.infer<typeof StreamedDecompression>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    if (isStreamedForm(request)) return this.streamed.decompress(caller, query, { request, response });
    const answer = await this.compression.decompress(caller, body, watchForLeave(response));
    response.type('application/json').send(answer);
  }

  @Post('analyze')
  @Requires('write:compression')
  @DataBody()
  @ApiOperation({ operationId: 'analyzeCompression', summary: 'Try every algorithm and level on your data' })
  @Answers(200, AnalysisView, 'What each makes of it, and which to choose')
  analyze(
    @CurrentPrincipal() caller: Principal,
    @Body({ schema: Analysis }) body: z.infer<typeof Analysis>,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<z.infer<typeof AnalysisView>> {
    return this.analysis.analyze(caller, body, request.jsonBody as JsonBody, watchForLeave(response));
  }

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
