import { type CustomDecorator, SetMetadata } from '@nestjs/common';

/** Metadata key of routes that read the body, whatever its type, and the query by rules of their own. */
export const UNREAD_BODY = 'kindly:unread-body';

/** Leaves body and query to the handler: for protocols with rules of their own about them. */
export function UnreadBody(): CustomDecorator {
  return SetMetadata(UNREAD_BODY, true);
}
