import { existsSync, renameSync, rmSync } from 'node:fs';

/** Where a restored cluster stands, whole, until it takes its place. */
export function restoredDirectory(dataDirectory: string): string {
  return `${dataDirectory}.restored`;
}

/**
 * Ends a restore that was killed in its last step: without a cluster in the place, the restored one goes there; otherwise
 * the old one had not been put aside yet, and stays.
 */
export function finishRestore(dataDirectory: string, hasCluster: boolean): void {
  const restored = restoredDirectory(dataDirectory);
  if (!existsSync(restored)) return;
  if (hasCluster) rmSync(restored, { recursive: true, force: true });
  else renameSync(restored, dataDirectory);
}
