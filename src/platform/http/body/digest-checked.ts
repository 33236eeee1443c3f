import { createHash } from 'node:crypto';
import { type Readable, Transform, type TransformCallback, pipeline } from 'node:stream';
import { AppError } from '../../../kernel/errors/app-error.js';

/** Passes bytes on and fails at the end unless they have the SHA-256 that was announced. */
class DigestCheck extends Transform {
  private readonly hash = createHash('sha256');

  constructor(private readonly sha256: Buffer) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.hash.update(chunk);
    done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    if (this.hash.digest().equals(this.sha256)) done();
    else done(new AppError('AUTH_011', { detail: 'The body does not match its Content-Digest.' }));
  }
}

/** The same stream, which ends with AUTH_011 instead of its end if its bytes are not those that were signed. */
export function digestChecked(source: Readable, sha256: Buffer): Readable {
  // a failure reaches the reader through the stream that it reads
  return pipeline(source, new DigestCheck(sha256), () => undefined);
}
