import type { OpenAPIObject } from '@nestjs/swagger';
import { RATE_LIMIT_EXTENSION } from '../limits/index.js';

const wholeNumber = { type: 'integer' as const, minimum: 0 };
const text = { type: 'string' as const };

const RATE_HEADERS = {
  'X-RateLimit-Limit': { description: 'Requests a window.', schema: wholeNumber },
  'X-RateLimit-Remaining': { description: 'Requests left in this window.', schema: wholeNumber },
  'X-RateLimit-Reset': { description: 'End of this window, epoch seconds.', schema: wholeNumber },
  'RateLimit-Policy': { description: 'The limit and its window in seconds: `"anonymous";q=100;w=60`.', schema: text },
  RateLimit: {
    description: 'Requests left, and seconds to the end of the window: `"anonymous";r=97;t=42`.',
    schema: text,
  },
};

const REFERENCES = Object.fromEntries(
  Object.keys(RATE_HEADERS).map((name) => [name, { $ref: `#/components/headers/${name}` }]),
);

interface Operation {
  readonly [RATE_LIMIT_EXTENSION]?: string;
  readonly responses?: Record<string, { headers?: Record<string, object> }>;
}

/** Writes the rate-limit headers into every response of the operations that are limited. */
export function addRateHeaders(document: OpenAPIObject): void {
  document.components ??= {};
  document.components.headers = { ...document.components.headers, ...RATE_HEADERS };
  for (const item of Object.values(document.paths)) {
    for (const operation of Object.values(item as Record<string, Operation>)) {
      if (operation?.[RATE_LIMIT_EXTENSION] === 'none') continue;
      for (const response of Object.values(operation?.responses ?? {})) {
        response.headers = { ...response.headers, ...REFERENCES };
      }
    }
  }
}
