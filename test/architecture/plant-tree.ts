import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const trees: string[] = [];

/** A tree of its own with these files, by path; {@link removeTrees} takes it away. */
export function plantTree(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'kindly-tree-'));
  trees.push(directory);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

/** Removes every planted tree. */
export function removeTrees(): void {
  for (const directory of trees.splice(0)) rmSync(directory, { recursive: true, force: true });
}
