import { Body, Controller, Inject, Post, Req } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import type { z } from 'zod';
import { AppError } from '../../../kernel/errors/app-error.js';
import { Public } from '../../../platform/access/index.js';
import { CONFIG, type Config } from '../../../platform/config/index.js';
import { BodyLimit, OptionalBody } from '../../../platform/http/body/index.js';
import { Answers, AnswersNothing, Refuses } from '../../../platform/http/index.js';
import { LeakReport, LeakVerdictsView, SelfRevocation } from './leak-report.dto.js';
import { isSignedReport } from './leak-report-signature.js';
import { LeakReportsService } from './leak-reports.service.js';

/** Largest report: a thousand findings with their addresses. */
const REPORT_BYTES_MAX = 512 * 1024;

/** Neither a name of a key nor a signature is longer. */
const HEADER_TEXT = { type: 'string' as const, maxLength: 256 };

/** Open to everyone: a report proves itself by its signature, and who revokes a key by having it. */
@ApiTags('API keys')
@Controller('api/keys')
export class LeakReportsController {
  constructor(
    private readonly leaks: LeakReportsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Post('report-leak')
  @Public()
  @BodyLimit(REPORT_BYTES_MAX)
  @ApiOperation({ operationId: 'reportLeak', summary: 'Report keys that were found in public (secret scanners)' })
  @ApiHeader({
    name: 'Github-Public-Key-Identifier',
    required: true,
    schema: HEADER_TEXT,
    description: 'Which key has signed the report.',
  })
  @ApiHeader({
    name: 'Github-Public-Key-Signature',
    required: true,
    schema: HEADER_TEXT,
    description: 'ECDSA P-256, SHA-256, base64.',
  })
  @Answers(200, LeakVerdictsView, 'Which of the findings are keys, in the order of the report')
  @Refuses('AUTH_011')
  report(
    @Body({ schema: LeakReport }) body: z.infer<typeof LeakReport>,
    @Req() request: Request,
  ): Promise<z.infer<typeof LeakVerdictsView>> {
    const bytes = request.jsonBody?.bytes;
    if (!bytes || !isSignedReport(request.headers, bytes, this.config.leakReportKeys)) {
      throw new AppError('AUTH_011', { detail: 'The report is not signed by a key that is known here.' });
    }
    return this.leaks.take(body);
  }

  @Post('self-revoke')
  @Public()
  @OptionalBody()
  @ApiOperation({
    operationId: 'selfRevokeApiKey',
    summary: 'Revoke a key that you have, whoever you are',
    description:
      'The key is sent in `X-API-Key`, or in the body, which also works for a key that demands signatures. Its address ' +
      'list and its permissions do not matter; what it has minted is revoked with it.',
  })
  @AnswersNothing('Revoked')
  @Refuses('AUTH_003', 'AUTH_004', 'AUTH_008', 'AUTH_009', 'AUTH_011', 'AUTH_014')
  selfRevoke(
    @Body({ schema: SelfRevocation }) body: z.infer<typeof SelfRevocation>,
    @Req() request: Request,
  ): Promise<void> {
    const { principal, disregarded } = request.context;
    // elsewhere a key that is no good counts as none; here it is what the request is about
    if (disregarded && body.key === undefined) throw disregarded;
    return this.leaks.revokeBySelf(principal, body);
  }
}
