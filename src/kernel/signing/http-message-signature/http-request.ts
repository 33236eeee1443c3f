/** The parts of a request from which components are taken, as the verifier knows them. */
export interface HttpRequest {
  readonly method: string;
  readonly scheme: 'http' | 'https';
  /** The `Host` field or `:authority`, as received. */
  readonly authority: string;
  /** Origin-form request target as received, query included. */
  readonly target: string;
  /** Values of each field line by lower-case name, in the order received. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
}
