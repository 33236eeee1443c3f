import { parseArgs } from 'node:util';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { z } from 'zod';
import { openContext } from '../bootstrap.js';
import { AppError } from '../kernel/errors/app-error.js';
import { NewEmailInput, NewPasswordInput, UsersService } from '../modules/users/index.js';
import { readConfig } from '../platform/config/index.js';
import { NameInput } from '../platform/http/validation/index.js';

const Input = z.object({ email: NewEmailInput, name: NameInput(120), password: NewPasswordInput });

/** Makes an account with the role of an administrator. */
export async function createAdministrator(words: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    options: { name: { type: 'string', default: 'Administrator' } },
    allowPositionals: true,
  });
  const parsed = Input.safeParse({ email: positionals[0], name: values.name, password: await askPassword() });
  if (!parsed.success) {
    return fail(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('\n'));
  }
  const { email, name, password } = parsed.data;
  const context = await openContext(readConfig({ LOG_LEVEL: 'error', ...process.env }));
  try {
    const user = await context.app
      .get(UsersService)
      .register({ email, name, passwordPlaintext: password, role: 'admin' }, (_em, created) => created);
    process.stdout.write(`Administrator ${user.email} created (${user.id}).\n`);
    return 0;
  } catch (error) {
    if (error instanceof AppError && error.code.startsWith('REQ_')) return fail(error.detail ?? error.message);
    throw error;
  } finally {
    await context.close();
  }
}

/** Asks at a terminal without echo; otherwise the first line of standard input. Never an argument: those are public. */
async function askPassword(): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: process.stdin.isTTY });
  try {
    if (process.stdin.isTTY) process.stderr.write('Password: ');
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
    if (process.stdin.isTTY) process.stderr.write('\n');
  }
}

function fail(message: string): number {
  process.stderr.write(`${message}\n`);
  return 1;
}
