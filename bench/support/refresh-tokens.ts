import { createHmac, hkdfSync, randomUUID } from 'node:crypto';
import type { BenchDatabase } from './bench-world.ts';

const HEADER = base64url('{"alg":"HS256","typ":"JWT"}');
const DAY_SECONDS = 86_400;

/** The secret and issuer of the servers, with which their tokens are made here. */
export interface TokenIssuer {
  readonly jwtSecret: string;
  readonly publicUrl: string;
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}

/** Inserts sessions of a user by SQL, since logging in would cost a password hash each. @returns their refresh tokens */
export async function insertSessions(
  database: BenchDatabase,
  userId: string,
  { jwtSecret, publicUrl }: TokenIssuer,
  count: number,
): Promise<string[]> {
  const key = Buffer.from(hkdfSync('sha256', jwtSecret, '', 'kindly/v1/jwt/refresh', 32));
  const secretId = Buffer.from(hkdfSync('sha256', jwtSecret, '', 'kindly/v1/jwt-secret-id', 4)).toString('hex');
  const iat = Math.floor(Date.now() / 1000);
  const exp = iat + 30 * DAY_SECONDS;
  const sessions = Array.from({ length: count }, () => ({ id: randomUUID(), jti: randomUUID() }));
  await database.query(
    `insert into sessions (id, user_id, created_at, last_seen_at, expires_at, refresh_jti, refresh_secret_id,
                           refresh_issued_at, refresh_expires_at)
     select s.id, $3::uuid, to_timestamp($4), to_timestamp($4), to_timestamp($5::bigint + 5184000), s.jti, $6,
            to_timestamp($4), to_timestamp($5)
       from unnest($1::uuid[], $2::uuid[]) as s(id, jti)`,
    [sessions.map(({ id }) => id), sessions.map(({ jti }) => jti), userId, iat, exp, secretId],
  );
  return sessions.map(({ id, jti }) => {
    const claims = { sub: userId, iat, exp, jti, sid: id, iss: publicUrl, aud: 'kindly:refresh', token_use: 'refresh' };
    const signed = `${HEADER}.${base64url(JSON.stringify(claims))}`;
    return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
  });
}
