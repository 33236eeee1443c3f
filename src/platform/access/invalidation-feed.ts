import { randomBytes } from 'node:crypto';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Database, LISTEN_URL, ListenConnection } from '../database/index.js';
import { LOG, type Log } from '../log/index.js';
import { HeartbeatLease, type Moment, presentMoment } from './heartbeat-lease.js';
import { InvalidationListeners } from './invalidation-listeners.js';
import { INVALIDATION_CHANNEL } from './invalidations.js';
import { PrincipalCache } from './principal-cache.js';

/** How old the last heartbeat that came back may be for the cache to be trusted. */
const TRUST_WINDOW_MS = 2_000;
const HEARTBEAT_INTERVAL_MS = 400;

/** A connection that delivers no heartbeat for so long is given up, although it looks alive. */
const STALLED_MS = 5_000;

/** Heartbeats that may wait for the database at once; more would only queue. */
const HEARTBEATS_UNDER_WAY_MAX = 4;

/** A commit that need not wait for the disk: a heartbeat says nothing that must survive a crash. */
const SEND_HEARTBEAT = {
  name: 'send-heartbeat',
  text: `select set_config('synchronous_commit', 'off', true), pg_notify($1, $2) where not pg_is_in_recovery()`,
  query_timeout: TRUST_WINDOW_MS,
};

/**
 * Brings the invalidations of all processes to this one's cache, and knows whether they arrive. The process sends itself
 * heartbeats the long way round: through the pool that its requests use, to the connection that listens. While one sent
 * in the last two seconds has come back from a primary, every invalidation older than it has come too. A connection that
 * is half open, listens elsewhere after a failover, or lost its LISTEN in a pooler fails silently, but brings no
 * heartbeats either; then the cache is not asked at all.
 */
@Injectable()
export class InvalidationFeed implements OnApplicationShutdown {
  private readonly processId = randomBytes(8).toString('hex');
  private readonly heartbeatChannel = `kindly_heartbeat_${this.processId}`;
  private readonly lease = new HeartbeatLease(TRUST_WINDOW_MS);
  private readonly connection: ListenConnection;
  private timer: NodeJS.Timeout | null = null;
  private heartbeatsUnderWay = 0;
  private listeningSinceMs: number | null = null;
  /** What the log last said; null: nothing yet. */
  private wasCurrent: boolean | null = null;

  constructor(
    private readonly cache: PrincipalCache,
    private readonly listeners: InvalidationListeners,
    private readonly database: Database,
    @Inject(LISTEN_URL) listenUrl: string,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.connection = new ListenConnection(listenUrl, [INVALIDATION_CHANNEL, this.heartbeatChannel], {
      listening: () => this.listening(),
      notified: (channel, payload) => this.notified(channel, payload),
      lost: (reason) => this.lost(reason),
    });
  }

  /** Starts listening; until the first heartbeat is back the cache is not trusted. */
  start(): void {
    this.connection.start();
    this.timer = setInterval(() => this.beat(), HEARTBEAT_INTERVAL_MS);
  }

  /** Whether all invalidations older than two seconds have been applied to the cache. */
  isCurrent(): boolean {
    return this.lease.isValid(presentMoment());
  }

  onApplicationShutdown(): void {
    if (this.timer) clearInterval(this.timer);
    this.lease.end();
    this.connection.stop();
  }

  private listening(): void {
    this.forgetAll();
    this.listeningSinceMs = performance.now();
    this.send();
  }

  private notified(channel: string, payload: string): void {
    if (channel === INVALIDATION_CHANNEL) {
      this.cache.invalidate(payload);
      this.listeners.invalidate(payload);
      return;
    }
    const sent = parseHeartbeat(payload);
    if (!sent) return;
    // whatever kept the heartbeats away may have kept invalidations too
    if (!this.isCurrent()) this.forgetAll();
    this.lease.renew(sent);
    this.reportTrust();
  }

  private lost(reason: Error): void {
    this.lease.end();
    this.listeningSinceMs = null;
    this.forgetAll();
    this.reportTrust(reason);
  }

  private forgetAll(): void {
    this.cache.clear();
    this.listeners.clear();
  }

  private beat(): void {
    if (this.wasCurrent) this.reportTrust();
    if (this.listeningSinceMs === null) return;
    const isStalled = !this.isCurrent() && performance.now() - this.listeningSinceMs > STALLED_MS;
    if (isStalled) this.connection.restart(new Error('no heartbeat came back'));
    else this.send();
  }

  private send(): void {
    if (this.heartbeatsUnderWay >= HEARTBEATS_UNDER_WAY_MAX) return;
    this.heartbeatsUnderWay += 1;
    this.database
      .query(SEND_HEARTBEAT, [this.heartbeatChannel, printHeartbeat(presentMoment())])
      .catch((error: unknown) => this.log.debug({ err: error }, 'a heartbeat could not be sent'))
      .finally(() => {
        this.heartbeatsUnderWay -= 1;
      });
  }

  private reportTrust(reason?: Error): void {
    const isCurrent = this.isCurrent();
    if (isCurrent === this.wasCurrent) return;
    this.wasCurrent = isCurrent;
    if (isCurrent) this.log.info('invalidations arrive: verified principals are cached');
    else this.log.warn({ reason: reason?.message }, 'invalidations may be missed: every request asks the database');
  }
}

function printHeartbeat({ monotonic, wall }: Moment): string {
  return `${monotonic} ${wall}`;
}

function parseHeartbeat(payload: string): Moment | null {
  const [monotonic, wall] = payload.split(' ').map(Number);
  if (monotonic === undefined || wall === undefined || Number.isNaN(monotonic) || Number.isNaN(wall)) return null;
  return { monotonic, wall };
}
