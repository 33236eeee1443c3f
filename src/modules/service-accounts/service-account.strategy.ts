import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import type { Grant } from '../../kernel/access/permission.js';
import type { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors/app-error.js';
import {
  type Credential,
  CredentialStrategies,
  type CredentialStrategy,
  type VerifiedCredential,
} from '../../platform/access/index.js';
import { CLOCK } from '../../platform/clock/index.js';
import { CONFIG, type Config } from '../../platform/config/index.js';
import { Database } from '../../platform/database/index.js';
import { ACCOUNT_COLUMNS, ACCOUNT_IS_LIVE, accountPrincipal, type AccountRow } from './account-principal.js';
import { AccountSuspects } from './account-suspects.js';
import {
  SERVICE_ACCOUNT_AUDIENCE,
  SERVICE_ACCOUNT_TOKEN_HEADER,
  type ServiceAccountClaims,
  ServiceAccountTokens,
} from './service-account-tokens.js';

const PASSPORT_NAME = 'service-account';

/** The account behind a token, if it and the key pair that the token was granted to are still good. */
const FIND_LIVE_ACCOUNT = {
  name: 'find-live-service-account',
  text: `select ${ACCOUNT_COLUMNS}
           from service_accounts a
           join users u on u.id = a.owner_id
           join service_account_keys k on k.account_id = a.id
          where a.id = $1 and k.id = $2 and k.revoked_at is null and ${ACCOUNT_IS_LIVE}`,
};

/** Verifies the access tokens of service accounts. */
@Injectable()
export class ServiceAccountStrategy extends PassportStrategy(Strategy, PASSPORT_NAME) implements CredentialStrategy {
  readonly passportName = PASSPORT_NAME;

  constructor(
    tokens: ServiceAccountTokens,
    strategies: CredentialStrategies,
    private readonly database: Database,
    private readonly suspects: AccountSuspects,
    @Inject(CONFIG) config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKeyProvider: (_request: unknown, token: string, done: (error: Error | null, key: never) => void) =>
        done(null, tokens.keyOf(token) as never),
      algorithms: ['HS256'],
      issuer: config.publicUrl,
      audience: SERVICE_ACCOUNT_AUDIENCE,
      // judged below, by the process's own clock and with a code of its own
      ignoreExpiration: true,
    });
    strategies.register(this);
  }

  accepts(credential: Credential): boolean {
    return credential.scheme === 'bearer' && credential.value.startsWith(`${SERVICE_ACCOUNT_TOKEN_HEADER}.`);
  }

  /** The caller behind claims whose signature has verified. @throws AppError AUTH_002, AUTH_003 */
  async validate(claims: ServiceAccountClaims): Promise<VerifiedCredential> {
    if (claims.token_use !== 'service_account')
      throw new AppError('AUTH_003', { detail: 'This is not an access token.' });
    if (claims.exp * 1000 <= this.clock.now()) {
      const suspect = await this.suspects.find(claims.sub, 'expired');
      throw new AppError('AUTH_002', { detail: 'The access token has expired.', suspect });
    }
    const { rows } = await this.database.query<AccountRow>(FIND_LIVE_ACCOUNT, [claims.sub, claims.key_id]);
    const [row] = rows;
    if (!row) {
      const detail = 'The service account of this token, or its key, is no longer valid.';
      throw new AppError('AUTH_002', { detail, suspect: await this.suspects.find(claims.sub, 'key_revoked') });
    }
    const scope = claims.scope.split(' ') as Grant[];
    return accountPrincipal(row, { keyId: claims.key_id, scope, expiresAtMs: claims.exp * 1000 });
  }
}
