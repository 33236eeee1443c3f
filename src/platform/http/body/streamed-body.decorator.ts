import { type CustomDecorator, SetMetadata } from '@nestjs/common';

/** Metadata key of routes that read other media types than JSON themselves, as a stream. */
export const STREAMED_BODY = 'kindly:streamed-body';

/** Leaves a body that is not JSON unread for the handler, which takes it from `request.bodyStream`. */
export function StreamedBody(): CustomDecorator {
  return SetMetadata(STREAMED_BODY, true);
}
