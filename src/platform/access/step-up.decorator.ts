import { applyDecorators, SetMetadata } from '@nestjs/common';
import { Refuses } from '../http/index.js';

/** Metadata key of routes that a step-up policy covers. */
export const STEP_UP = 'kindly:step-up';

/**
 * Asks a login session for a fresh second factor, where administrators have switched that on. Other credentials pass:
 * one that may mint was itself minted by a session that had to step up.
 */
export function RequiresStepUp(): MethodDecorator {
  return applyDecorators(SetMetadata(STEP_UP, true), Refuses('AUTH_006'));
}
