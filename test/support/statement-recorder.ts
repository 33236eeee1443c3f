import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What one statement has moved between the application and PostgreSQL. */
export interface RecordedStatement {
  /** The name of a prepared statement, else the text. */
  readonly statement: string;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly rows: number;
}

/** A TCP proxy before PostgreSQL that records statements (frontend/backend protocol 3.0). */
export interface StatementRecorder {
  /** The connection string with the proxy in place of the server. */
  through(url: string): string;
  /** What has been recorded since the last call. */
  take(): RecordedStatement[];
  close(): Promise<void>;
}

/** One type byte and a length that counts itself; the very first message of a client has no type. */
class MessageReader {
  private pending = Buffer.alloc(0);
  private readonly onMessage: (type: string, body: Buffer) => void;
  private isStartup: boolean;

  constructor(isStartup: boolean, onMessage: (type: string, body: Buffer) => void) {
    this.isStartup = isStartup;
    this.onMessage = onMessage;
  }

  read(chunk: Buffer): void {
    this.pending = Buffer.concat([this.pending, chunk]);
    for (;;) {
      const head = this.isStartup ? 0 : 1;
      if (this.pending.length < head + 4) return;
      const end = head + this.pending.readUInt32BE(head);
      if (this.pending.length < end) return;
      if (!this.isStartup) this.onMessage(String.fromCharCode(this.pending[0] ?? 0), this.pending.subarray(5, end));
      this.isStartup = false;
      this.pending = this.pending.subarray(end);
    }
  }
}

function textAt(body: Buffer, position: number): string {
  return body.subarray(position, body.indexOf(0, position)).toString();
}

/** Records the statements of one connection. */
function watch(client: Socket, server: Socket, record: (statement: RecordedStatement) => void): void {
  let current = { statement: '', bytesSent: 0, bytesReceived: 0, rows: 0 };
  const sent = new MessageReader(true, (type, body) => {
    if (type === 'Q') current.statement = textAt(body, 0);
    // an unnamed statement is called by its text
    if (type === 'P') current.statement = textAt(body, 0) || textAt(body, 1);
    if (type === 'B') current.statement = textAt(body, body.indexOf(0) + 1) || current.statement;
    if (type === 'B' || type === 'Q') current.bytesSent += body.length;
  });
  const received = new MessageReader(false, (type, body) => {
    if (type === 'D') {
      current.rows += 1;
      current.bytesReceived += body.length;
    }
    if (type === 'C') current.bytesReceived += body.length;
    if (type !== 'Z') return;
    record(current);
    current = { statement: '', bytesSent: 0, bytesReceived: 0, rows: 0 };
  });
  client.on('data', (chunk) => sent.read(chunk));
  server.on('data', (chunk) => received.read(chunk));
  client.pipe(server).pipe(client);
}

/** Starts a recorder on a free port of 127.0.0.1 before the server of a connection string, which is asked without TLS. */
export async function startStatementRecorder(url: string): Promise<StatementRecorder> {
  const { hostname, port, searchParams } = new URL(url);
  const directory = searchParams.get('host');
  let recorded: RecordedStatement[] = [];
  const sockets = new Set<Socket>();
  const listener = createServer((client) => {
    const server = directory
      ? connect({ path: `${directory}/.s.PGSQL.${port || '5432'}` })
      : connect({ host: hostname, port: Number(port || '5432') });
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        client.destroy();
        server.destroy();
      });
    }
    watch(client, server, (statement) => recorded.push(statement));
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port: own } = listener.address() as AddressInfo;
  return {
    through: (original) => {
      const proxied = new URL(original);
      proxied.hostname = '127.0.0.1';
      proxied.port = String(own);
      proxied.searchParams.delete('host');
      return proxied.toString();
    },
    take: () => {
      const taken = recorded;
      recorded = [];
      return taken;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}
