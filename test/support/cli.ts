import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ENTRY = join(import.meta.dirname, '../../dist/cli.js');

/** A command of the command line that is running. */
export interface RunningCommand {
  readonly child: ChildProcess;
  readonly finished: Promise<CommandResult>;
}

export interface CommandResult {
  /** Null: ended by a signal. */
  readonly exitCode: number | null;
  readonly output: string;
}

/** Starts `kindly <words>` as an operator would, with nothing in its environment but what is given. */
export function startCommand(
  words: readonly string[],
  environment: Record<string, string>,
  input = '',
): RunningCommand {
  const child = spawn(process.execPath, [ENTRY, ...words], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const written: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => written.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => written.push(chunk.toString()));
  child.stdin.end(input);
  const finished = once(child, 'close').then(([exitCode]) => ({
    exitCode: exitCode as number | null,
    output: written.join(''),
  }));
  return { child, finished };
}

/** Runs a command to its end. */
export function runCommand(words: readonly string[], environment: Record<string, string>, input = '') {
  return startCommand(words, environment, input).finished;
}
