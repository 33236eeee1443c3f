import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '../../../kernel/errors/app-error.js';
import { CONFIG, type Config } from '../../../platform/config/index.js';
import { parseEndpointUrl, type TargetPolicy } from './webhook-target.policy.js';
import { BlockedTargetError, nameServers, resolvePublicAddress } from './resolve-public-address.js';

/** How long a name server may take while somebody waits for the answer, in milliseconds; it is asked twice. */
const RESOLVE_TIMEOUT_MS = 1_000;

/** Judges the targets of webhooks as they are set. */
@Injectable()
export class WebhookTargetsService {
  readonly policy: TargetPolicy;
  private readonly resolve = nameServers(RESOLVE_TIMEOUT_MS);

  constructor(@Inject(CONFIG) config: Config) {
    this.policy = {
      allowsPrivate: config.webhooksAllowPrivate,
      requiresHttps: config.isProduction && !config.webhooksAllowPrivate,
    };
  }

  /** The canonical form of a URL that webhooks may go to. @throws AppError REQ_001 that says what is wrong with it */
  async accept(text: string): Promise<string> {
    const url = parseEndpointUrl(text, this.policy);
    if ('fault' in url) throw refused(url.fault);
    if (!this.policy.allowsPrivate) await this.assertResolvesPublicly(url.hostname);
    return url.href;
  }

  /** A name that does not resolve yet is accepted: the connection is judged again, each time. */
  private async assertResolvesPublicly(hostname: string): Promise<void> {
    try {
      await resolvePublicAddress(this.resolve, hostname);
    } catch (error) {
      if (error instanceof BlockedTargetError) throw refused('must point to a public address');
    }
  }
}

function refused(message: string): AppError {
  return new AppError('REQ_001', { detail: `url ${message}.`, errors: [{ field: 'url', message }] });
}
