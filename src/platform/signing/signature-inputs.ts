import type { KeyObject } from 'node:crypto';
import type { Request } from 'express';
import type { SignedJsonBody } from '../http/body/index.js';

/** What the check of a signature needs beside the request. */
export interface SignatureInputs {
  readonly request: Request;
  /** The id by which a signature may name its key. */
  readonly credentialId: string;
  readonly nowMs: number;
  /** The scheme under which clients reach this server. */
  readonly scheme: 'http' | 'https';
  readonly bodyLimitBytes: number;
  /** Reads the body and its canonical text; large ones on another thread. */
  readJson(bytes: Buffer): Promise<SignedJsonBody>;
  /** Asked for only once the form of the signature and its time have proved right. */
  loadSecret(): Promise<KeyObject>;
}

/** What a signature that verified leaves to be spent. */
export interface VerifiedSignature {
  readonly nonce: string;
}
