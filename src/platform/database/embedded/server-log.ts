import { closeSync, fstatSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';

/** The file that takes what `initdb` and `postgres` print. */
export interface ServerLog {
  readonly descriptor: number;
  /** The end of what was printed since the log was opened; empty if the file cannot be read any more. */
  tail(): string;
  /** Closes our descriptor; the server keeps its own. */
  close(): void;
}

const ROTATE_AT_BYTES = 16 * 1024 * 1024;
const TAIL_BYTES = 2000;

/** Opens the log for appending. A large one first becomes `<file>.1`, so two files are the most there ever are. */
export function openServerLog(file: string): ServerLog {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > ROTATE_AT_BYTES) renameSync(file, `${file}.1`);
  const descriptor = openSync(file, 'a', 0o600);
  const start = fstatSync(descriptor).size;
  return {
    descriptor,
    tail: () => readTail(file, start),
    close: () => closeSync(descriptor),
  };
}

function readTail(file: string, start: number): string {
  try {
    return readFileSync(file).subarray(start).subarray(-TAIL_BYTES).toString('utf8').trim();
  } catch {
    return '';
  }
}
