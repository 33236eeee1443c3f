import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../../kernel/clock.js';
import { type CompactJws, parseCompactJws } from '../../../kernel/jose/parse-compact-jws.js';
import { verifyJws } from '../../../kernel/jose/verify-jws.js';
import { isFault } from '../../../kernel/fault.js';
import { NonceStore } from '../../../platform/signing/nonces/index.js';
import { CLOCK } from '../../../platform/clock/index.js';
import { CONFIG, type Config } from '../../../platform/config/index.js';
import { AssertionFault, requireAudience, requireTimes, requireType } from '../../service-accounts/index.js';
import { endpointsOf } from '../endpoints.js';
import type { KnownClient } from './client-directory.js';
import { digestOf } from './client-secret.js';

/** A spent assertion is remembered for longer than it lives, because the clocks of two servers may differ. */
const SPENT_MARGIN_MS = 60_000;
const JTI_LENGTH_MAX = 255;

/** Authenticates clients by the JWTs that they sign (RFC 7523 §3, OpenID Connect Core §9 private_key_jwt). */
@Injectable()
export class ClientAssertions {
  /** What an assertion may be addressed to. */
  private readonly audiences: readonly string[];

  constructor(
    private readonly nonces: NonceStore,
    @Inject(CONFIG) config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    const { issuer, token, revocation, introspection } = endpointsOf(config);
    this.audiences = [issuer, token, revocation, introspection];
  }

  /** Each assertion is good for one use. @throws AssertionFault unless a key of the client has signed it */
  async verify(client: KnownClient, assertion: string): Promise<void> {
    const jws = parseCompactJws(assertion);
    if (isFault(jws)) throw new AssertionFault(`The assertion ${jws.fault}.`);
    const { kid } = jws.header;
    const candidates = client.keys.filter((key) => kid === undefined || key.kid === undefined || key.kid === kid);
    if (!candidates.some((key) => verifyJws(jws, key))) {
      throw new AssertionFault('The assertion is not signed by a key of the client.');
    }
    const { jti, exp } = this.checkClaims(client, jws);
    const isFirst = await this.nonces.spend(
      client.id,
      digestOf(`client-assertion ${jti}`),
      exp * 1000 + SPENT_MARGIN_MS,
    );
    if (!isFirst) throw new AssertionFault('The assertion has been used before.');
  }

  private checkClaims(client: KnownClient, { header, claims }: CompactJws): { jti: string; exp: number } {
    requireType(header.typ);
    if (claims.iss !== client.id || claims.sub !== client.id) {
      throw new AssertionFault('iss and sub must both be the client id.');
    }
    requireAudience(claims.aud, this.audiences);
    const exp = requireTimes(claims, Math.floor(this.clock.now() / 1000));
    const { jti } = claims;
    if (typeof jti !== 'string' || jti === '' || jti.length > JTI_LENGTH_MAX) {
      throw new AssertionFault(`jti must be a string of 1 to ${JTI_LENGTH_MAX} characters.`);
    }
    return { jti, exp };
  }
}
