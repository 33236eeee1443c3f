import { Module } from '@nestjs/common';
import { ErrorsController } from './problem/errors.controller.js';

/** What every route shares: bodies, validation, problems and their documentation. */
@Module({ controllers: [ErrorsController] })
export class HttpModule {}
