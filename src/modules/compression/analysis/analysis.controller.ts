import { Body, Controller, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import { CurrentPrincipal, Requires } from '../../../platform/access/index.js';
import { DataBody, type JsonBody } from '../../../platform/http/body/index.js';
import { Answers } from '../../../platform/http/index.js';
import { watchForLeave } from '../request/watch-client.js';
import { Analysis, AnalysisView } from './analysis.dto.js';
import { AnalyzeCompressionService } from './analyze-compression.service.js';

@ApiTags('Compression')
@Controller('api/compression')
export class AnalysisController {
  constructor(private readonly analysis: AnalyzeCompressionService) {}

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
}
