import type { Buffer } from 'node:buffer';
import type { InnerList, Item } from '../structured-field/structured-field.js';

/** The parameters of a signature that RFC 9421 §2.3 names. */
export interface SignatureParameters {
  /** Unix time in seconds. */
  readonly created: number | undefined;
  /** Unix time in seconds. */
  readonly expires: number | undefined;
  readonly nonce: string | undefined;
  readonly keyid: string | undefined;
  readonly alg: string | undefined;
  readonly tag: string | undefined;
}

/** A component identifier: a field name in lower case or a derived component such as `@method` (RFC 9421 §2). */
export interface CoveredComponent extends Item {
  readonly value: string;
}

/** One signature of a request as its two fields state it (RFC 9421 §4), nothing verified yet. */
export interface MessageSignature extends SignatureParameters {
  /** Joins the member of `Signature-Input` to that of `Signature`. */
  readonly label: string;
  /** In signing order. */
  readonly components: readonly CoveredComponent[];
  /** Components and all parameters as received, unknown ones included: the last line of the base. */
  readonly input: InnerList;
  readonly signature: Buffer;
}
