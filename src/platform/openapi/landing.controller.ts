import { Controller, Get, Header, Inject, Redirect } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../access/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { Unlimited } from '../limits/index.js';

/** Drawn with attributes alone: the policy of the answer allows no styles. */
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="7" fill="#0b57d0"/>
<path d="M11 7v18M22 8 12 17l10 8" fill="none" stroke="#fff" stroke-width="3.5" stroke-linecap="round" stroke-linejoin="round"/>
</svg>
`;

/** For people who open the address of the server in a browser. */
@Controller()
@Unlimited()
@ApiExcludeController()
export class LandingController {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** To the documentation, or where that is off to the status page. */
  @Get()
  @Public()
  @Redirect()
  land(): { url: string } {
    return { url: this.config.docsEnabled ? '/docs' : '/status' };
  }

  /** Browsers ask for it with every page. */
  @Get('favicon.ico')
  @Public()
  @Header('Content-Type', 'image/svg+xml')
  @Header('Cache-Control', 'public, max-age=86400')
  icon(): string {
    return ICON;
  }
}
