import { Module } from '@nestjs/common';
import { ErrorsController } from './errors.controller.js';

/** The pages that document the API for people. */
@Module({ controllers: [ErrorsController] })
export class OpenApiModule {}
