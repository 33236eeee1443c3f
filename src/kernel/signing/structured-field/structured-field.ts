import type { Buffer } from 'node:buffer';

/** A token (RFC 9651 §3.3.4), kept apart from a string of the same characters. */
export class Token {
  constructor(readonly text: string) {}
}

/** Integer, string, byte sequence, boolean or token; decimals, dates and display strings are not read here. */
export type BareItem = number | string | Buffer | boolean | Token;

/** Parameters in the order received. */
export type Parameters = ReadonlyMap<string, BareItem>;

/** A bare item with its parameters (RFC 9651 §3.3). */
export interface Item {
  readonly value: BareItem;
  readonly parameters: Parameters;
}

/** A parenthesised list of items with parameters of its own (RFC 9651 §3.1.1). */
export interface InnerList {
  readonly value: readonly Item[];
  readonly parameters: Parameters;
}

/** A dictionary's members in the order received (RFC 9651 §3.2). */
export type Dictionary = ReadonlyMap<string, Item | InnerList>;
