import { Inject, Injectable } from '@nestjs/common';
import type { Permission } from '../../kernel/access/permission.js';
import type { Principal } from '../../kernel/access/principal.js';
import type { Clock } from '../../kernel/clock.js';
import { sha256Base64Url } from '../../kernel/crypto/digest.js';
import { type CompactJws, parseCompactJws } from '../../kernel/jose/parse-compact-jws.js';
import { verifyJws } from '../../kernel/jose/verify-jws.js';
import { isFault } from '../../kernel/fault.js';
import { NonceStore } from '../../platform/signing/nonces/index.js';
import { CLOCK } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { AccountSigners, type Signer, type SigningAccount } from './account-signers.js';
import { AssertionFault } from './assertion-fault.js';
import { type AssertionClaims, checkAssertionClaims } from './check-assertion-claims.js';

/** How often a key's `last_used_at` is written: not for each of a burst of grants. */
const LAST_USED_STEP_MS = 60_000;
/** A spent assertion is remembered for longer than it lives, because the clocks of two servers may differ. */
const SPENT_MARGIN_MS = 60_000;

const STAMP_KEY = {
  name: 'stamp-service-account-key',
  text: 'update service_account_keys set last_used_at = $2 where id = $1 and (last_used_at is null or last_used_at < $3)',
};

/** Who has proved by an assertion to be a service account, and what it may do. */
export interface AuthenticatedAccount {
  readonly accountId: string;
  readonly keyId: string;
  readonly permissions: readonly Permission[];
  /** What the assertion itself asks for. */
  readonly scope: string | undefined;
  /** Epoch milliseconds at which the key pair or the account ends. */
  readonly notAfterMs: number;
}

/** Authenticates service accounts by the JWTs that they sign (RFC 7523 §2.1). */
@Injectable()
export class AssertionsService {
  constructor(
    private readonly accounts: AccountSigners,
    private readonly nonces: NonceStore,
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The account that has signed; each assertion is good for one use. @throws AssertionFault */
  async authenticate(assertion: string, audiences: readonly string[]): Promise<AuthenticatedAccount> {
    const nowMs = this.clock.now();
    const jws = parseCompactJws(assertion);
    if (isFault(jws)) throw new AssertionFault(`The assertion ${jws.fault}.`);
    const claims = checkAssertionClaims(jws, { nowSeconds: Math.floor(nowMs / 1000), audiences });
    const { account, signer } = await this.findSigner(jws, claims.accountId, nowMs);
    await this.spend(jws, claims);
    await this.stamp(signer, nowMs);
    return {
      accountId: claims.accountId,
      keyId: signer.id,
      permissions: account.permissions.names(),
      scope: claims.scope,
      notAfterMs: Math.min(signer.expiresAtMs, account.expiresAt ?? Infinity),
    };
  }

  /** The account and the key of it that has signed. @throws AssertionFault, the same as for an unknown account */
  private async findSigner(jws: CompactJws, accountId: string, nowMs: number): Promise<Signature> {
    const signature =
      signatureOf(jws, await this.accounts.of(accountId), nowMs) ??
      signatureOf(jws, await this.accounts.ask(accountId), nowMs);
    if (!signature) throw new AssertionFault('The assertion is not signed by a live key of a service account.');
    return signature;
  }

  /**
   * Spends the assertion: by its `jti`, else by what is signed. Not by the whole of it, because an ECDSA signature has
   * a second form that verifies as well, which would make a second assertion of it.
   */
  private async spend(jws: CompactJws, { accountId, exp, jti }: AssertionClaims): Promise<void> {
    const id = jti === undefined ? `sha256:${jws.signingInput}` : `jti:${jti}`;
    const isFirst = await this.nonces.spend(accountId, sha256Base64Url(id), exp * 1000 + SPENT_MARGIN_MS);
    if (!isFirst) throw new AssertionFault('The assertion has been used before.');
  }

  private async stamp(signer: Signer, nowMs: number): Promise<void> {
    const limitMs = nowMs - LAST_USED_STEP_MS;
    if (signer.lastUsedMs !== null && signer.lastUsedMs >= limitMs) return;
    signer.lastUsedMs = nowMs;
    await this.database.query(STAMP_KEY, [signer.id, new Date(nowMs), new Date(limitMs)]);
  }
}

interface Signature {
  readonly account: Principal;
  readonly signer: Signer;
}

/** The key that `kid` names, by id or thumbprint, or else any live one, if it has signed. */
function signatureOf(jws: CompactJws, { account, signers }: SigningAccount, nowMs: number): Signature | null {
  if (account.expiresAt !== null && account.expiresAt <= nowMs) return null;
  const { kid } = jws.header;
  const named = signers.filter(({ id, thumbprint }) => kid === undefined || kid === id || kid === thumbprint);
  const signer = named.find((candidate) => candidate.expiresAtMs > nowMs && verifyJws(jws, candidate));
  return signer ? { account, signer } : null;
}
