import { z } from 'zod';
import type { AppError } from '../../../kernel/errors/app-error.js';
import { errorEntry, errorCodes } from '../../../kernel/errors/catalogue.js';

/** Media type of every refusal (RFC 9457). */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** The one shape of every refusal. */
export const ProblemView = z
  .object({
    type: z.string().meta({ description: 'Where the code is explained.', examples: ['/docs/errors#AUTH_005'] }),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional().meta({ description: 'What is wrong with this request.' }),
    code: z.lazy(() => z.enum(errorCodes())),
    solution: z.string().meta({ description: 'What the caller can do about it.' }),
    request_id: z.string(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
    canonical_request: z.string().optional().meta({
      description:
        'Of a request whose signature does not match: what the server expected to be signed. The first 1,024 characters, with secrets taken out.',
    }),
  })
  .meta({ id: 'Problem', description: 'A refusal (RFC 9457).' });

/** A refusal as it goes over the wire. */
export type Problem = z.infer<typeof ProblemView>;

/** Puts the public parts of an error into the shape of a problem. */
export function toProblem(error: AppError, requestId: string): Problem {
  const entry = errorEntry(error.code);
  return {
    type: `/docs/errors#${error.code}`,
    title: entry.title,
    status: entry.status,
    ...(error.detail !== undefined && { detail: error.detail }),
    code: error.code,
    solution: entry.solution,
    request_id: requestId,
    ...(error.errors && { errors: [...error.errors] }),
    ...error.extensions,
  };
}
