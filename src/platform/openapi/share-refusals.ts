import type { OpenAPIObject } from '@nestjs/swagger';
import { PROBLEM_MEDIA_TYPE } from '../http/problem/index.js';

interface Refusal {
  readonly content?: Record<string, { examples?: Record<string, object> }>;
  readonly headers?: object;
}

interface Operation {
  readonly responses?: Record<string, Refusal>;
}

/**
 * Writes each refusal that many operations share among the components, once, and refers to it: a document of a third of
 * the size, and one type of each in generated clients. It goes by its codes: `AUTH_005.AUTH_009`, and `.unlimited`
 * where no rate limit tells of itself.
 */
export function shareRefusals(document: OpenAPIObject): void {
  const shared: Record<string, Refusal> = {};
  for (const item of Object.values(document.paths)) {
    for (const { responses = {} } of Object.values(item as Record<string, Operation>)) {
      for (const [status, response] of Object.entries(responses)) {
        const name = nameOf(response);
        if (name === null) continue;
        shared[name] = response;
        responses[status] = { $ref: `#/components/responses/${name}` } as Refusal;
      }
    }
  }
  document.components = { ...document.components, responses: shared as never };
}

/** Null for what is no refusal. */
function nameOf({ content, headers }: Refusal): string | null {
  const examples = content?.[PROBLEM_MEDIA_TYPE]?.examples;
  return examples ? [...Object.keys(examples), ...(headers ? [] : ['unlimited'])].join('.') : null;
}
