/** A JSON body that may be signed: the handler's value and the signed text, both of one and the same parse. */
export interface SignedBody {
  /** What `JSON.parse` gives for the same bytes. */
  readonly value: unknown;
  /** What Python's `json.dumps(body, sort_keys=True)` prints, numbers in the characters received. */
  readonly canonical: string;
  /** `{}` or `[]`: nothing is signed for it, as by the customers' `if body`. */
  readonly isEmpty: boolean;
}
