import { createPublicKey } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../kernel/access/principal.js';
import type { SignatureAlgorithm, VerificationKey } from '../../kernel/jose/verification-key.js';
import { Principals } from '../../platform/access/index.js';
import { Database } from '../../platform/database/index.js';
import { ACCOUNT_COLUMNS, ACCOUNT_IS_LIVE, accountPrincipal, type AccountRow } from './account-principal.js';
import { AssertionFault } from './assertion-fault.js';

const FIND_SIGNERS = {
  name: 'find-service-account-signers',
  text: `select k.id, k.algorithm, k.public_key, k.thumbprint, k.expires_at, k.last_used_at, ${ACCOUNT_COLUMNS}
           from service_account_keys k
           join service_accounts a on a.id = k.account_id
           join users u on u.id = a.owner_id
          where k.account_id = $1 and k.revoked_at is null and ${ACCOUNT_IS_LIVE}
          order by k.id`,
};

interface SignerRow extends AccountRow {
  readonly id: string;
  readonly algorithm: SignatureAlgorithm;
  readonly public_key: Buffer;
  readonly thumbprint: string;
  readonly expires_at: Date | string;
  readonly last_used_at: Date | string | null;
}

/** A key pair that an account may sign with until it ends. Times are epoch milliseconds. */
export interface Signer extends VerificationKey {
  readonly id: string;
  readonly thumbprint: string;
  readonly expiresAtMs: number;
  /** As last written or read; null: never used. */
  lastUsedMs: number | null;
}

/** An account and its key pairs, of which some may have ended by now. */
export interface SigningAccount {
  readonly account: Principal;
  readonly signers: readonly Signer[];
}

/**
 * Accounts with their imported keys. They are cached among the verified principals, under a name that no digest of a
 * credential has, so that whatever ends a token ends this as well.
 */
@Injectable()
export class AccountSigners {
  private readonly signers = new WeakMap<Principal, readonly Signer[]>();

  constructor(
    private readonly principals: Principals,
    private readonly database: Database,
  ) {}

  /** @throws AssertionFault without an account that can sign: unknown, deleted, disabled, without a key */
  async of(accountId: string): Promise<SigningAccount> {
    const name = `service account ${accountId}`;
    const account = this.principals.find(name) ?? (await this.principals.verify(name, () => this.load(accountId)));
    return { account, signers: this.signers.get(account) ?? [] };
  }

  /** The same, asked of the database whatever is cached: for a key that may just have been added. */
  async ask(accountId: string): Promise<SigningAccount> {
    const { principal } = await this.load(accountId);
    return { account: principal, signers: this.signers.get(principal) ?? [] };
  }

  private async load(accountId: string): ReturnType<Parameters<Principals['verify']>[1]> {
    const { rows } = await this.database.query<SignerRow>(FIND_SIGNERS, [accountId]);
    const [row] = rows;
    if (!row) throw new AssertionFault('The assertion is not signed by a live key of a service account.');
    const found = accountPrincipal(row, null);
    this.signers.set(found.principal, rows.map(toSigner));
    return found;
  }
}

function toSigner(row: SignerRow): Signer {
  return {
    id: row.id,
    algorithm: row.algorithm,
    key: createPublicKey({ key: row.public_key, format: 'der', type: 'spki' }),
    thumbprint: row.thumbprint,
    expiresAtMs: new Date(row.expires_at).getTime(),
    lastUsedMs: row.last_used_at ? new Date(row.last_used_at).getTime() : null,
  };
}
