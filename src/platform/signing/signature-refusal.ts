import { AppError } from '../../kernel/errors/app-error.js';
import { type Fault, isFault } from '../../kernel/fault.js';

/** A refusal for a reason that the caller may know. */
export function signatureRefusal(detail: string): AppError {
  return new AppError('AUTH_011', { detail });
}

/** What a check of the kernel has read. @throws AppError AUTH_011 with its sentence if it found a fault */
export function accepted<T extends object>(result: T | Fault): T {
  if (isFault(result)) throw signatureRefusal(result.fault);
  return result;
}
