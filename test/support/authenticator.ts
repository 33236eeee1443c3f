import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expectStatus, type Person } from './people.ts';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP_MS = 30_000;

/** The code of RFC 6238 for a Base32 secret, written from the RFC so that it shares no code with the server. */
export function totp(secret: string, epochMs = Date.now()): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(epochMs / STEP_MS)));
  const mac = createHmac('sha1', base32(secret)).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0xf;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

function base32(text: string): Buffer {
  const bits = Array.from(text, (digit) => BASE32.indexOf(digit).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** Six digits that are none of the codes which are valid around now. */
export function wrongCode(secret: string, epochMs = Date.now()): string {
  const valid = new Set([-2, -1, 0, 1, 2].map((drift) => totp(secret, epochMs + drift * STEP_MS)));
  let code = 0;
  while (valid.has(String(code).padStart(6, '0'))) code++;
  return String(code).padStart(6, '0');
}

/** Waits for the next time step if this one is about to end, so that a test does not straddle two. */
export async function awaitRoomInStep(roomMs = 8_000): Promise<void> {
  const left = STEP_MS - (Date.now() % STEP_MS);
  if (left < roomMs) await sleep(left + 50);
}

/** Answer of enableMfa. */
export interface Enrolment {
  readonly secret: string;
  readonly otpauth_url: string;
  readonly qr_code: string;
}

/** An active second factor. */
export interface Authenticator {
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
}

/** Turns MFA on for somebody; spends the code of the step before now, so that the current one is still good. */
export async function enrol(person: Person, now: () => number = Date.now): Promise<Authenticator> {
  const begun = await person.client.post<Enrolment>('/api/auth/mfa/enable', { password: person.password });
  const { secret } = expectStatus(begun, 200).body;
  const confirmed = await person.client.post<{ recovery_codes: string[] }>('/api/auth/mfa/verify', {
    code: totp(secret, now() - STEP_MS),
  });
  return { secret, recoveryCodes: expectStatus(confirmed, 200).body.recovery_codes };
}
