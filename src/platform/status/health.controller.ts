import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { AppError } from '../../kernel/errors/app-error.js';
import { Public } from '../access/index.js';
import { Database } from '../database/index.js';
import { Answers, Refuses } from '../http/index.js';
import { Unlimited } from '../limits/index.js';
import { Readiness } from './readiness.js';

/** How long the database may take to answer before it counts as down, in milliseconds. */
const DATABASE_DEADLINE_MS = 1_500;

const HealthView = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });

/** For load balancers and orchestrators: alive means the process runs, ready means it can serve. */
@ApiTags('Health')
@Controller('health')
@Unlimited()
export class HealthController {
  constructor(
    private readonly database: Database,
    private readonly readiness: Readiness,
  ) {}

  @Get('live')
  @Public()
  @ApiOperation({ operationId: 'getLiveness', summary: 'The process is alive' })
  @Answers(200, HealthView, 'Alive')
  live(): z.infer<typeof HealthView> {
    return { status: 'ok' };
  }

  @Get('ready')
  @Public()
  @ApiOperation({
    operationId: 'getReadiness',
    summary: 'The process can serve: it does not stop, its database answers',
  })
  @Answers(200, HealthView, 'Ready')
  @Refuses('SRV_002')
  async ready(): Promise<z.infer<typeof HealthView>> {
    if (this.readiness.isWithdrawn) throw unavailable('The process stops.', 'not ready: the process stops');
    await within(DATABASE_DEADLINE_MS, this.database.query('select 1'));
    return { status: 'ok' };
  }
}

async function within(deadlineMs: number, work: Promise<unknown>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(
      unavailable('The database does not answer at the moment.', `the database took longer than ${deadlineMs} ms`),
    );
  }, deadlineMs);
  try {
    await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

function unavailable(detail: string, internal: string): AppError {
  return new AppError('SRV_002', { detail, headers: { 'Retry-After': '2' }, internal });
}
