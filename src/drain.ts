import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { HttpAdapter } from './platform/http/index.js';
import { LOG, type Log } from './platform/log/index.js';
import { Readiness } from './platform/status/index.js';

/** How often connections that have fallen idle are closed while the server drains, in milliseconds. */
const IDLE_SWEEP_MS = 50;

/** How long requests under way may take once nothing new is accepted, in milliseconds: then their connections are cut. */
const REQUESTS_DEADLINE_MS = 10_000;

/**
 * Closes an application whose clients shall not notice: load balancers are told first, and for `delayMs` everything is still
 * answered, on connections that end with the answer. Then nothing new is accepted, requests under way end or are cut, and
 * what is still in memory is written down.
 */
export async function drain(app: NestExpressApplication, adapter: HttpAdapter, delayMs: number): Promise<void> {
  app.get(Readiness).withdraw();
  adapter.closeAfterAnswers();
  await sleep(delayMs);
  const endSweep = sweepConnections(app.getHttpServer(), app.get<Log>(LOG));
  try {
    await app.close();
  } finally {
    endSweep();
  }
}

/** Closes connections that fall idle, or their clients would keep us waiting, and after a while all others. */
function sweepConnections(server: Server, log: Log): () => void {
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
  const cut = setTimeout(() => {
    log.warn('requests that do not end are cut off: the process stops');
    server.closeAllConnections();
  }, REQUESTS_DEADLINE_MS);
  return () => {
    clearInterval(sweep);
    clearTimeout(cut);
  };
}
