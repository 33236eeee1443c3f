import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeEndpoint } from '@nestjs/swagger';
import { Public } from '../access/index.js';
import { Unlimited } from '../limits/index.js';
import { errorsPage } from './errors-page.js';

/** The page that every problem's `type` points to. */
@Controller('docs/errors')
@Unlimited()
export class ErrorsController {
  private readonly page = errorsPage();

  @Get()
  @Public()
  @ApiExcludeEndpoint()
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header(
    'Content-Security-Policy',
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'none'",
  )
  show(): string {
    return this.page;
  }
}
