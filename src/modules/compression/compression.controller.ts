import { Body, Controller, Get, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import { CurrentPrincipal, Requires } from '../../platform/access/index.js';
import type { JsonBody } from '../../platform/http/body/parse-json-body.js';
import { Answers, Refuses } from '../../platform/http/openapi/answer.decorators.js';
import {
  Compression,
  CompressionStatsView,
  CompressionView,
  Decompression,
  DecompressionView,
} from './compression.dto.js';
import { CompressionService } from './compression.service.js';
import { CompressionStatsService } from './compression-stats.service.js';

@ApiTags('Compression')
@Controller('api/compression')
export class CompressionController {
  constructor(
    private readonly compression: CompressionService,
    private readonly statistics: CompressionStatsService,
  ) {}

  @Post('compress')
  @Requires('write:compression')
  @ApiOperation({ operationId: 'compress', summary: 'Compress a JSON value, a text or bytes' })
  @Answers(200, CompressionView, 'The compressed bytes in base64')
  compress(
    @CurrentPrincipal() caller: Principal,
    @Body({ schema: Compression }) body: z.infer<typeof Compression>,
    @Req() request: Request,
  ): Promise<z.infer<typeof CompressionView>> {
    return this.compression.compress(caller, body, request.jsonBody as JsonBody);
  }

  @Post('decompress')
  @Requires('write:compression')
  @ApiOperation({ operationId: 'decompress', summary: 'Get the original back' })
  @Answers(200, DecompressionView, 'The original')
  @Refuses('COMP_001', 'COMP_002')
  async decompress(
    @CurrentPrincipal() caller: Principal,
    @Body({ schema: Decompression }) body: z.infer<typeof Decompression>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<string> {
    const answer = await this.compression.decompress(caller, body);
    response.type('application/json');
    return answer;
  }

  @Get('stats')
  @Requires('read:compression')
  @ApiOperation({ operationId: 'getCompressionStats', summary: 'What you have compressed so far' })
  @Answers(200, CompressionStatsView, 'Totals, and the same by algorithm')
  stats(@CurrentPrincipal() caller: Principal): Promise<z.infer<typeof CompressionStatsView>> {
    return this.statistics.stats(caller);
  }
}
