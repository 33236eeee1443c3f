import { AppError } from '../../../kernel/errors/app-error.js';
import type { ByteSpan } from '../../../kernel/signing/json/signed-body.js';

/** Far more members than any operation takes; more would only be named in a refusal, one by one. */
const MEMBERS_MAX = 1_000;

/** A body that has been read: its value, its bytes as received, and on demand those of what stands in it. */
export class JsonBody {
  /**
   * `value` is abridged ({@link abridged}) if the body is large and has more values than a handler looks at; such a
   * handler takes a member by {@link sourceOf}. `members` tells where the values of the top-level members stand.
   * @throws AppError REQ_002 for more than 1,000 members
   */
  constructor(
    readonly value: unknown,
    readonly bytes: Buffer,
    readonly members: ReadonlyMap<string, ByteSpan>,
  ) {
    if (members.size > MEMBERS_MAX) {
      throw new AppError('REQ_002', { detail: `The body has more than ${MEMBERS_MAX} members.` });
    }
  }

  /** The value of a top-level member as it was received; undefined if there is no such member. */
  sourceOf(name: string): Buffer | undefined {
    const span = this.members.get(name);
    return span && this.bytes.subarray(span.start, span.end);
  }
}
