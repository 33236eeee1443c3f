import { AppError } from '../../../kernel/errors/app-error.js';
import { errorEntry } from '../../../kernel/errors/catalogue.js';

/** What went wrong with a form, for its user. */
export interface FormFault {
  readonly status: number;
  readonly sentence: string;
}

const SENTENCES: Readonly<Partial<Record<AppError['code'], string>>> = {
  AUTH_001: 'E-mail or password is wrong.',
};

/** What is shown above the form once more; a failure of ours is thrown on. */
export function formFaultOf(error: unknown): FormFault {
  if (!(error instanceof AppError) || pageStatus(error.code) >= 500) throw error;
  return { status: pageStatus(error.code), sentence: error.detail ?? SENTENCES[error.code] ?? 'That did not work.' };
}

/** A page is no challenge, so it cannot be a 401 (RFC 9110 §15.5.2). */
export function pageStatus(code: AppError['code']): number {
  const { status } = errorEntry(code);
  return status === 401 ? 403 : status;
}
