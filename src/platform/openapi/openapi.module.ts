import { Module } from '@nestjs/common';
import { ErrorsController } from './errors.controller.js';
import { LandingController } from './landing.controller.js';

/** The pages that document the API for people. */
@Module({ controllers: [ErrorsController, LandingController] })
export class OpenApiModule {}
