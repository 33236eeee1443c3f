import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { AuditTrail } from '../../../platform/audit/index.js';
import { OAuthError } from '../../../platform/http/problem/index.js';
import { RateLimits } from '../../../platform/limits/index.js';
import type { OAuthParameters } from '../oauth-parameters.js';
import { ClientAuthentication } from './client-authentication.js';
import type { KnownClient } from './client-directory.js';

/** Lets clients in at the endpoints that are theirs: within their limits, and on record where they are refused. */
@Injectable()
export class ClientAdmission {
  constructor(
    private readonly authentication: ClientAuthentication,
    private readonly limits: RateLimits,
    private readonly trail: AuditTrail,
  ) {}

  /**
   * The client of a request. One that has proved who it is has a limit of its own; a public one, and whoever fails,
   * shares that of the address. @throws OAuthError invalid_client, invalid_request; AppError REQ_008
   */
  async admit(request: Request, parameters: OAuthParameters): Promise<KnownClient> {
    const { authorization } = request.headers;
    const { client, presented, fault } = await this.authentication.examine(parameters, authorization);
    const isProved = fault === null && presented !== 'none';
    // before anything is written: guessing is limited, and over the limit a guess tells nothing
    await this.limits.countInHandler(request, isProved ? `client:${client.id}` : null);
    if (fault === null) return client;
    await this.trail.note({
      type: 'oauth.client.refused',
      ownerId: client.ownerId,
      data: { client_id: client.id, presented, reason: fault },
    });
    throw new OAuthError('invalid_client', fault);
  }
}
