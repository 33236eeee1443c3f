import { closeSync, openSync } from 'node:fs';
import type { Server } from 'node:http';
import { devNull } from 'node:os';
import type { Log } from '../log/index.js';
import { openFilesMax } from './open-files-max.js';

/** More than that one process does not serve well, whatever the system would let it have. */
const CONNECTIONS_MAX = 16_384;

/** Faults of one kind that come closer together than this are one burst, in milliseconds. */
const BURST_GAP_MS = 10_000;

/** How often it is tried whether a file can still be opened, in milliseconds; that takes some microseconds. */
const LOOK_INTERVAL_MS = 1_000;

/**
 * How many connections a process takes unless it is told: half of the files that it may open, for a request may need a
 * connection to the database, to Redis or to a receiver of webhooks as well.
 */
export function defaultConnectionsMax(): number {
  return Math.min(Math.floor(openFilesMax() / 2), CONNECTIONS_MAX);
}

/** Refuses connections beyond a number, and survives those that the system refuses. Each burst is one line of the log. */
export function boundConnections(server: Server, connectionsMax: number, log: Log): void {
  server.maxConnections = connectionsMax;
  const full = oncePerBurst(() => log.warn({ max: connectionsMax }, 'connections are refused: too many are open'));
  const failed = oncePerBurst((error) => log.error({ err: error }, 'connections cannot be accepted'));
  server.on('drop', full);
  // without a listener a fault of accept() would end the process
  server.on('error', failed);
  const watch = setInterval(() => tryToOpen(failed), LOOK_INTERVAL_MS).unref();
  server.once('close', () => clearInterval(watch));
}

/** Of EMFILE nobody is told: libuv accepts such a connection with its last descriptor, and closes it. */
function tryToOpen(failed: (error: unknown) => void): void {
  try {
    closeSync(openSync(devNull, 'r'));
  } catch (error) {
    failed(error);
  }
}

function oncePerBurst(report: (detail: unknown) => void): (detail: unknown) => void {
  let lastAt = -Infinity;
  return (detail) => {
    const now = performance.now();
    if (now - lastAt > BURST_GAP_MS) report(detail);
    lastAt = now;
  };
}
