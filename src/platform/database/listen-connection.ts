import { Socket } from 'node:net';
import { Client, type Notification } from 'pg';
import { KEEP_ALIVE_DELAY_MS } from './orm-options.js';
import { RUNTIME_ROLE } from './runtime-role.js';

/** Wait before the first attempt to connect again; doubled each time. */
const BACKOFF_FIRST_MS = 100;
const BACKOFF_MAX_MS = 5_000;

/** Deadline of the connection and of each statement on it. */
const DEADLINE_MS = 5_000;

/** What a {@link ListenConnection} reports, in the order in which it happens. */
export interface ListenEvents {
  /** From now on no notification is missed; whatever was known before may be out of date. */
  listening(): void;
  notified(channel: string, payload: string): void;
  /** Notifications may be missed from now on; it connects again by itself. */
  lost(reason: Error): void;
}

/**
 * A connection of its own that listens to notification channels of a primary, and comes back whenever it is lost.
 * Channels are identifiers: lower-case letters, digits and underscores.
 */
export class ListenConnection {
  private socket: Socket | null = null;
  private retry: NodeJS.Timeout | null = null;
  private backoffMs = BACKOFF_FIRST_MS;
  private isStopped = false;

  constructor(
    private readonly url: string,
    private readonly channels: readonly string[],
    private readonly events: ListenEvents,
  ) {}

  start(): void {
    const socket = new Socket();
    this.socket = socket;
    this.connect(socket).then(
      () => this.opened(socket),
      (error: unknown) => this.failed(socket, error as Error),
    );
  }

  /** Gives a connection up that looks alive but delivers nothing, and opens another. */
  restart(reason: Error): void {
    if (this.socket) this.failed(this.socket, reason);
  }

  stop(): void {
    this.isStopped = true;
    if (this.retry) clearTimeout(this.retry);
    this.socket?.destroy();
    this.socket = null;
  }

  private async connect(socket: Socket): Promise<void> {
    const client = new Client({
      connectionString: this.url,
      application_name: 'kindly-listener',
      connectionTimeoutMillis: DEADLINE_MS,
      query_timeout: DEADLINE_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
      // held here because the driver's own end() waits for a peer that may be gone
      stream: () => socket,
    });
    client.on('error', (error) => this.failed(socket, error));
    client.on('end', () => this.failed(socket, new Error('the server closed the connection')));
    client.on('notification', ({ channel, payload }: Notification) => {
      if (this.socket === socket) this.events.notified(channel, payload ?? '');
    });
    await client.connect();
    await assertDirectPrimary(client);
    await client.query([`set role ${RUNTIME_ROLE}`, ...this.channels.map((name) => `listen ${name}`)].join('; '));
  }

  private opened(socket: Socket): void {
    if (this.socket !== socket) return;
    this.backoffMs = BACKOFF_FIRST_MS;
    this.events.listening();
  }

  private failed(socket: Socket, reason: Error): void {
    socket.destroy();
    if (this.socket !== socket || this.isStopped) return;
    this.socket = null;
    this.retry = setTimeout(() => this.start(), this.backoffMs * (0.5 + Math.random() / 2));
    this.backoffMs = Math.min(this.backoffMs * 2, BACKOFF_MAX_MS);
    this.events.lost(reason);
  }
}

/**
 * A standby sends no notifications. Behind a pooler the session that listens may be handed to somebody else, with its
 * notifications; a pooler gives itself away because the process id it announced is not the one that answers.
 */
async function assertDirectPrimary(client: Client & { processID?: number }): Promise<void> {
  const { rows } = await client.query<{ pid: number; standby: boolean }>(
    'select pg_backend_pid() as pid, pg_is_in_recovery() as standby',
  );
  if (rows[0]?.standby) throw new Error('the server is a standby, which sends no notifications');
  if (rows[0]?.pid !== client.processID) {
    throw new Error('a connection pooler stands before the server; DATABASE_LISTEN_URL must connect without one');
  }
}
