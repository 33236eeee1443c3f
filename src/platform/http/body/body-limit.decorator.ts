import { type CustomDecorator, SetMetadata } from '@nestjs/common';

const BODY_LIMIT = 'kindly:body-limit';

/**
 * Largest JSON body of a route that says nothing else, in bytes. A body of this size is parsed in one go while every
 * other request waits, for milliseconds; larger ones take their time on a worker thread (`JsonReader`).
 */
const BODY_BYTES_MAX = 64 * 1024;

/** Lets a route take JSON bodies of up to so many bytes, instead of 64 KiB; never more than `BODY_LIMIT`. */
export function BodyLimit(bytes: number): CustomDecorator {
  return SetMetadata(BODY_LIMIT, bytes);
}

/** Lets a route that takes customers' data have JSON bodies as large as `BODY_LIMIT`. */
export function DataBody(): CustomDecorator {
  return BodyLimit(Infinity);
}

/** How large a JSON body of a handler may be, in bytes. */
export function bodyLimitOf(handler: object, configuredBytes: number): number {
  const bytes = (Reflect.getMetadata(BODY_LIMIT, handler) as number | undefined) ?? BODY_BYTES_MAX;
  return Math.min(bytes, configuredBytes);
}
