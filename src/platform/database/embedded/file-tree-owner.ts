import { lchownSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Gives a directory and all below it to `owner`, unless the directory is theirs already. Links are not followed. */
export function giveTree(directory: string, owner: Owner): void {
  if (lstatSync(directory).uid !== owner.uid) chownTree(directory, owner);
}

// The directory itself comes last: its owner then tells that the whole tree is done, even if we are killed on the way.
function chownTree(directory: string, owner: Owner): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) chownTree(path, owner);
    else lchownSync(path, owner.uid, owner.gid);
  }
  lchownSync(directory, owner.uid, owner.gid);
}
