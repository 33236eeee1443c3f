import type { SuspectCredential } from '../access/suspect-credential.js';
import type { FieldError } from '../field-error.js';
import type { ErrorCode } from './catalogue.js';

/** What travels with an error: public parts reach the client, `internal` and `cause` reach the log only. */
export interface AppErrorOptions {
  /** Public sentence for this occurrence; never holds a secret, a path or SQL. */
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  /** Extension members of the problem (RFC 9457 §3.2), in snake_case. */
  readonly extensions?: Readonly<Record<string, string>>;
  /** Extra response headers, for example `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sentence for the log. */
  readonly internal?: string;
  readonly cause?: unknown;
  /** Whose credential was refused, where the refusal itself does not tell; for the audit trail only. */
  readonly suspect?: SuspectCredential | undefined;
}

/**
 * A refusal from the error catalogue: its code gives status, title and solution; the filter turns it into a problem.
 * Only what is our own fault (SRV_001) has a stack: nobody reads that of a refusal, and whoever floods us with requests
 * to refuse would make us collect one each time.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  readonly errors: readonly FieldError[] | undefined;
  readonly extensions: Readonly<Record<string, string>> | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly suspect: SuspectCredential | undefined;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    const { stackTraceLimit } = Error;
    if (code !== 'SRV_001') Error.stackTraceLimit = 0;
    super(options.internal ?? options.detail ?? code, { cause: options.cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'AppError';
    this.code = code;
    this.detail = options.detail;
    this.errors = options.errors;
    this.extensions = options.extensions;
    this.headers = options.headers ?? {};
    this.suspect = options.suspect;
  }
}
