import { type CustomDecorator, SetMetadata } from '@nestjs/common';

/** Metadata key of routes whose body may be left out. */
export const OPTIONAL_BODY = 'kindly:optional-body';

/** Lets a route that takes a JSON body be called without one; its schema gets undefined then. */
export function OptionalBody(): CustomDecorator {
  return SetMetadata(OPTIONAL_BODY, true);
}
