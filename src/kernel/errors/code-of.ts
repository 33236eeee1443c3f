/** The `code` that Node or PostgreSQL attached to an error (`ENOENT`, `23505`); undefined if there is none. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
