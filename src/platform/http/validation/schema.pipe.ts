import { type ArgumentMetadata, Injectable, StandardSchemaValidationPipe } from '@nestjs/common';
import { AppError } from '../../../kernel/errors/app-error.js';
import type { FieldError } from '../../../kernel/field-error.js';
import './messages.js';

/** The most faults one answer lists. */
const ERRORS_MAX = 50;

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[];
  /** Only on zod's `unrecognized_keys`. */
  readonly keys?: readonly string[];
}

/**
 * Validates bodies, queries and path parameters against the schema of their decorator. Unlike Nest's own pipe it leaves
 * `__proto__`, `constructor` and `prototype` members alone: they are data like any other, and strict schemas name them.
 */
@Injectable()
export class SchemaPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: (issues) => validationFailed(issues) });
  }

  override async transform<T = unknown>(value: T, metadata: ArgumentMetadata): Promise<T> {
    try {
      return (await super.transform(value, metadata)) as T;
    } catch (error) {
      // an id that cannot exist is answered like one that does not
      if (metadata.type === 'param' && error instanceof AppError) throw new AppError('REQ_005');
      throw error;
    }
  }

  protected override stripProtoKeys(): void {
    // kept on purpose: see the comment of the class
  }
}

/** Turns schema issues into the refusal that names each field. */
export function validationFailed(issues: readonly Issue[]): AppError {
  const errors = issues.flatMap(toFieldErrors);
  return new AppError('REQ_001', {
    detail: `${errors[0]?.field ?? 'The request'} ${errors[0]?.message ?? 'is not valid'}.`,
    errors: errors.slice(0, ERRORS_MAX),
  });
}

function toFieldErrors(issue: Issue): FieldError[] {
  const path = spell(issue.path ?? []);
  if (issue.keys) {
    return issue.keys.map((key) => ({ field: path === '' ? key : `${path}.${key}`, message: issue.message }));
  }
  return [{ field: path === '' ? '(body)' : path, message: issue.message }];
}

function spell(path: NonNullable<Issue['path']>): string {
  let text = '';
  for (const step of path) {
    const key = typeof step === 'object' ? step.key : step;
    if (typeof key === 'number') text += `[${key}]`;
    else text += text === '' ? String(key) : `.${String(key)}`;
  }
  return text;
}
