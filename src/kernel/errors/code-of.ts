/** The `code` that Node or PostgreSQL attached to an error (`ENOENT`, `23505`); undefined if there is none. */
export function codeOf(error: unknown): string | undefined {
  // not by instanceof: an error from another realm (a worker, a VM context) has a code as well
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
