import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';

/** Metadata key of routes whose body may be left out. */
export const OPTIONAL_BODY = 'kindly:optional-body';

/** Lets a route that takes a JSON body be called without one; its schema gets undefined then. */
export function OptionalBody(): MethodDecorator {
  return applyDecorators(SetMetadata(OPTIONAL_BODY, true), ApiBody({ required: false }));
}
