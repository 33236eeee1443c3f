import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, pino } from 'pino';
import { currentContext } from '../context/index.js';
import { redact } from './redact.js';

/** Injection token of the {@link Log}. */
export const LOG = Symbol('LOG');

/** The structured log: one JSON object a line on standard output. */
export type Log = Logger;

/** Makes the log; every line carries the request id of its context and passes the redaction. */
export function createLog(level: string, destination?: DestinationStream): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => {
        const context = currentContext();
        return context ? { request_id: context.requestId } : {};
      },
      hooks: { streamWrite: redact },
    },
    destination ?? pino.destination(1),
  );
}

/** Lets Nest's own messages go through the structured log. */
export class NestLog implements LoggerService {
  constructor(private readonly target: Log) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  private write(level: 'debug' | 'warn' | 'error' | 'fatal', message: unknown, rest: unknown[]): void {
    const scope = rest.at(-1);
    const text = message instanceof Error ? (message.stack ?? message.message) : String(message);
    this.target[level]({ scope: typeof scope === 'string' ? scope : undefined }, text);
  }
}
