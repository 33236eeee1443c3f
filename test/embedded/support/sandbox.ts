import { chmodSync, cpSync, lchownSync, lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandLinesNaming } from './processes.js';
import { Starter, type StarterOptions } from './starter.js';

// What is tested is processes, not disks: every file system call of PostgreSQL stays, only the flushes go.
const TEST_SETTINGS = ['fsync=off'];

/** A temporary directory and the children that use it; `dispose` ends and removes them. */
export class Sandbox {
  readonly root = mkdtempSync(join(tmpdir(), 'kp-'));
  readonly directory = join(this.root, 'postgres');
  readonly #starters: Starter[] = [];

  constructor() {
    chmodSync(this.root, 0o755);
  }

  /** Runs a starter in a child process; the sandbox's cluster unless the options name another. */
  start(options: Partial<StarterOptions> = {}): Starter {
    const settings = [...TEST_SETTINGS, ...(options.settings ?? [])];
    const starter = new Starter({ directory: this.directory, ...options, settings });
    this.#starters.push(starter);
    return starter;
  }

  /** Puts a copy of a stopped cluster here, which spares an initdb. */
  copyCluster(from: string, to = this.directory): void {
    cpSync(from, to, { recursive: true, verbatimSymlinks: true });
    chmodSync(to, 0o700);
    const { uid, gid } = lstatSync(from);
    chownTree(to, uid, gid);
  }

  async dispose(): Promise<void> {
    for (const starter of this.#starters) await starter.kill();
    await this.#untilUnused();
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Resolves when no process names the sandbox in its arguments; each server, initdb and watchdog does. */
  async #untilUnused(): Promise<void> {
    for (let attempt = 0; commandLinesNaming(this.root).length > 0; attempt += 1) {
      if (attempt === 100) throw new Error(`still running: ${commandLinesNaming(this.root).join('; ')}`);
      await sleep(50);
    }
  }
}

/** Gives a tree to a user; does nothing unless we are root. */
export function chownTree(path: string, uid: number, gid: number): void {
  if (process.getuid?.() !== 0) return;
  if (lstatSync(path).isDirectory()) for (const name of readdirSync(path)) chownTree(join(path, name), uid, gid);
  lchownSync(path, uid, gid);
}
