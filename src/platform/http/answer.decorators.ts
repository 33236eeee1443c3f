import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import type { ErrorCode } from '../../kernel/errors/catalogue.js';

/** Metadata key of the catalogue codes that a route may answer. */
export const REFUSALS = 'kindly:refusals';

/** Declares the success of a route: its status, the shape of its body and what it means. */
export function Answers(status: number, schema: z.ZodType, description: string): MethodDecorator {
  return applyDecorators(HttpCode(status), ApiResponse({ status, description, standardSchema: schema }));
}

/** Declares a success without a body. */
export function AnswersNothing(description: string): MethodDecorator {
  return applyDecorators(HttpCode(204), ApiResponse({ status: 204, description }));
}

/** Declares refusals of a route beyond the ones every route shares; may be applied several times. */
export function Refuses(...codes: ErrorCode[]): MethodDecorator {
  return (_target, _key, descriptor) => {
    const handler = descriptor.value as object;
    const earlier = (Reflect.getMetadata(REFUSALS, handler) as ErrorCode[] | undefined) ?? [];
    Reflect.defineMetadata(REFUSALS, [...new Set([...earlier, ...codes])], handler);
  };
}
