import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../../kernel/clock.js';
import { constantTimeEquals } from '../../../kernel/crypto/constant-time-equals.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { AssertionFault } from '../../service-accounts/index.js';
import type { OAuthParameters } from '../oauth-parameters.js';
import { ClientAssertions } from './client-assertions.js';
import { ClientDirectory, type KnownClient } from './client-directory.js';
import { digestOf } from './client-secret.js';
import { type PresentedClient, presentedClient } from './presented-client.js';

/** The same for an unknown client, a wrong secret, and a way that is not the client's. */
const UNAUTHENTICATED = 'There is no such client, or it does not authenticate as it should.';

/** Which client a request says it is from, and what is wrong with that. */
export interface ExaminedClient {
  readonly client: KnownClient;
  readonly presented: PresentedClient['kind'];
  /** A public sentence; null: it is the client. */
  readonly fault: string | null;
}

/** Finds out which client calls an endpoint (RFC 6749 §2.3). */
@Injectable()
export class ClientAuthentication {
  constructor(
    private readonly directory: ClientDirectory,
    private readonly assertions: ClientAssertions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** A public client is taken at its word. @throws OAuthError invalid_client for an unknown one, invalid_request */
  async examine(parameters: OAuthParameters, authorization: string | undefined): Promise<ExaminedClient> {
    const presented = presentedClient(parameters, authorization);
    const client = await this.directory.get(presented.clientId);
    return { client, presented: presented.kind, fault: await this.faultOf(client, presented) };
  }

  private async faultOf(client: KnownClient, presented: PresentedClient): Promise<string | null> {
    if (presented.kind === 'assertion') return this.assertionFault(client, presented.assertion);
    const isGood =
      presented.kind === 'secret' ? this.isSecretOf(client, presented.secretPlaintext) : client.authMethod === 'none';
    return isGood ? null : UNAUTHENTICATED;
  }

  private isSecretOf(client: KnownClient, secretPlaintext: string): boolean {
    const digest = digestOf(secretPlaintext);
    const now = this.clock.now();
    return client.secrets.some((secret) => constantTimeEquals(secret.digest, digest) && now < secret.untilMs);
  }

  private async assertionFault(client: KnownClient, assertion: string): Promise<string | null> {
    if (client.authMethod !== 'private_key_jwt') return UNAUTHENTICATED;
    try {
      await this.assertions.verify(client, assertion);
      return null;
    } catch (error) {
      if (error instanceof AssertionFault) return error.message;
      throw error;
    }
  }
}
