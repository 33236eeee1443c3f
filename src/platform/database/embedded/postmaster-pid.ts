import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../../../kernel/errors/code-of.js';

/** What `postmaster.pid` says of the server that uses, or used, a data directory. */
export interface PostmasterPid {
  readonly pid: number;
  readonly port: number;
  readonly socketDirectory: string;
  /** `starting`, `ready`, `stopping` or `standby`; empty while the file is being written. */
  readonly status: string;
}

/** Path of the file in a data directory. */
export function postmasterPidFile(dataDirectory: string): string {
  return join(dataDirectory, 'postmaster.pid');
}

/** Reads the file; undefined when there is none. Its lines are listed in PostgreSQL's `utils/pidfile.h`. */
export function readPostmasterPid(dataDirectory: string): PostmasterPid | undefined {
  try {
    return parse(readFileSync(postmasterPidFile(dataDirectory), 'utf8'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parse(text: string): PostmasterPid {
  const [pid, , , port, socketDirectory = '', , , status = ''] = text.split('\n');
  return { pid: Number(pid), port: Number(port), socketDirectory, status: status.trim() };
}
