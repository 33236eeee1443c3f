import { types } from 'node:util';

/** The code of a failed system call (`ENOENT`, `EACCES`, …), or undefined when `error` is something else. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!types.isNativeError(error) || !('syscall' in error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
