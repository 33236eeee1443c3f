import { type CustomDecorator, SetMetadata } from '@nestjs/common';

/** Metadata key of routes where HTTP Basic is the handler's. */
export const BASIC_FOR_CLIENTS = 'kindly:basic-for-clients';

/**
 * Leaves `Authorization: Basic` to the handler: OAuth clients authenticate so (RFC 6749 §2.3.1), and are no callers of
 * the API. Anywhere else that scheme is refused.
 */
export function BasicForClients(): CustomDecorator {
  return SetMetadata(BASIC_FOR_CLIENTS, true);
}
