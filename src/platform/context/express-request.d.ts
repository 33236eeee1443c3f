import type { JsonBody } from '../http/body/parse-json-body.js';
import type { RequestContext } from './request-context.js';

declare global {
  // Express publishes its request type for augmentation under this namespace
  namespace Express {
    interface Request {
      /** Set by the first middleware, before anything else runs. */
      context: RequestContext;
      /** The JSON body as received; set by the body interceptor. */
      jsonBody?: JsonBody;
    }
  }
}
