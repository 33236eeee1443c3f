import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { Clock } from '../../kernel/clock.js';
import { Public } from '../access/index.js';
import { CLOCK } from '../clock/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { Answers } from '../http/index.js';
import { Unlimited } from '../limits/index.js';
import { HealthWatch } from './health-watch.js';
import { statusPage } from './status-page.js';
import { type Status, StatusView, viewStatus } from './status.view.js';
import { UptimeHistory } from './uptime-history.js';

const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

@ApiTags('Health')
@Unlimited()
@Controller('status')
export class StatusController {
  constructor(
    private readonly watch: HealthWatch,
    private readonly uptime: UptimeHistory,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Public()
  @ApiOperation({ operationId: 'getStatus', summary: 'What works, and how it has worked in the last 90 days' })
  @ApiProduces('application/json', 'text/html')
  @Answers(200, StatusView, 'A page, or JSON for `Accept: application/json`')
  async get(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<Status | string> {
    response.vary('Accept');
    const status = await this.read();
    if (request.accepts(['html', 'json']) !== 'html') return status;
    response.type('html').setHeader('Content-Security-Policy', CONTENT_SECURITY_POLICY);
    return statusPage(status, this.config.supportEmail);
  }

  private async read(): Promise<Status> {
    const [components, history] = await Promise.all([this.watch.current(), this.uptime.read()]);
    return viewStatus({ components, history, startedAt: this.watch.startedAt, now: this.clock.now() });
  }
}
