import { Global, Module } from '@nestjs/common';
import { ScheduledJobs } from './scheduled-jobs.js';
import { Workers } from './workers.js';

/** Background work and jobs on a schedule. */
@Global()
@Module({ providers: [Workers, ScheduledJobs], exports: [Workers, ScheduledJobs] })
export class WorkModule {}
