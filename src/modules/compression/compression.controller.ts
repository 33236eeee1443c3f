import { Body, Controller, Post, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Principal } from '../../kernel/access/principal.js';
import { CurrentPrincipal, Requires } from '../../platform/access/index.js';
import { DataBody, type JsonBody, StreamedBody } from '../../platform/http/body/index.js';
import { Answers, Refuses } from '../../platform/http/index.js';
import { HasOtherForm } from '../../platform/openapi/index.js';
import { CompressService } from './compress.service.js';
import { Compression, CompressionView, Decompression, DecompressionView } from './compression.dto.js';
import { DecompressService } from './decompress.service.js';
import { watchForLeave } from './request/watch-client.js';
import { CompressStreamedService } from './streamed/compress-streamed.service.js';
import { DecompressStreamedService } from './streamed/decompress-streamed.service.js';
import { isStreamedForm } from './request/is-streamed-form.js';
import { STREAMED_FORM, StreamedCompression, StreamedDecompression } from './streamed/streamed.dto.js';

@ApiTags('Compression')
@Controller('api/compression')
export class CompressionController {
  constructor(
    private readonly compression: CompressService,
    private readonly decompression: DecompressService,
    private readonly streamedCompression: CompressStreamedService,
    private readonly streamedDecompression: DecompressStreamedService,
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
    if (isStreamedForm(request)) return this.streamedCompression.compress(caller, query, { request, response });
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
    if (isStreamedForm(request)) return this.streamedDecompression.decompress(caller, query, { request, response });
    const answer = await this.decompression.decompress(caller, body, watchForLeave(response));
    response.type('application/json').send(answer);
  }
}
