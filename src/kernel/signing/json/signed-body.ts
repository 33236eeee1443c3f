/** Where a value stands among the bytes of a body: `bytes.subarray(start, end)`. */
export interface ByteSpan {
  readonly start: number;
  readonly end: number;
}

/** A JSON body that may be signed: the handler's value and the signed text, both of one and the same parse. */
export interface SignedBody {
  /** What `JSON.parse` gives for the same bytes. */
  readonly value: unknown;
  /** What Python's `json.dumps(body, sort_keys=True)` prints, numbers in the characters received. */
  readonly canonical: string;
  /** `{}` or `[]`: nothing is signed for it, as by the customers' `if body`. */
  readonly isEmpty: boolean;
  /** The values of the members of a top-level object in their exact bytes, by name. */
  readonly members: ReadonlyMap<string, ByteSpan>;
}
