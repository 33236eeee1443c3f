import { Global, Module } from '@nestjs/common';
import { RetentionService } from './retention.service.js';
import { Workers } from './workers.js';

/** Background work, and the erasure of what is past its time. */
@Global()
@Module({ providers: [Workers, RetentionService], exports: [Workers, RetentionService] })
export class WorkModule {}
