import type { Readable } from 'node:stream';
import type { JsonBody } from './json-body.js';
import type { RequestContext } from '../../context/index.js';

declare global {
  // Express publishes its request type for augmentation under this namespace
  namespace Express {
    interface Request {
      /** Set by the first middleware, before anything else runs. */
      context: RequestContext;
      /** Closes the connection if the body does not arrive in time; see `bodyDeadline`. */
      bodyDeadline?: NodeJS.Timeout;
      /** The JSON body as received; set by the body guard, or by the check of a signature that covers it. */
      jsonBody?: JsonBody;
      /** The bytes of a JSON body that the check of a signature has read and not parsed. */
      receivedBody?: Buffer;
      /** The SHA-256 that a signature demands of a body that is not JSON. */
      expectedSha256?: Buffer;
      /** The body of a streamed route that is not JSON; it fails at its end if it is not what was signed. */
      bodyStream?: Readable;
    }
  }
}
