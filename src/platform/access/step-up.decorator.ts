import { applyDecorators, SetMetadata } from '@nestjs/common';
import { Refuses } from '../http/index.js';

/** Metadata key of routes that a step-up policy covers. */
export const STEP_UP = 'kindly:step-up';

/**
 * For a route that always mints: a session is asked for its second factor before anything else, so that it does not get
 * at the kept answer of an earlier request either. Whether a request mints at all, the ceiling decides, and asks itself.
 */
export function RequiresStepUp(): MethodDecorator {
  return applyDecorators(SetMetadata(STEP_UP, true), Refuses('AUTH_006'));
}
