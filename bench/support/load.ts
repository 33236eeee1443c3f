// The load generator, a process of its own: keep-alive connections, each with one request under way. It reads no more
// of an answer than its status and length, so that it costs less than the server it drives.
import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';

/** What to send; whole requests as text, taken in turn. */
export interface LoadOrder {
  readonly port: number;
  readonly connections: number;
  readonly count: number;
  readonly requests: readonly string[];
}

/** What came back. Latencies are milliseconds. */
export interface LoadResult {
  readonly seconds: number;
  readonly statuses: Record<string, number>;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The longest that an answer of each status took. */
  readonly maxMs: Record<string, number>;
}

const HEAD_END = Buffer.from('\r\n\r\n');

async function run({ port, connections, count, requests }: LoadOrder): Promise<LoadResult> {
  const statuses: Record<string, number> = {};
  const maxMs: Record<string, number> = {};
  const latencies = new Float64Array(count);
  let sent = 0;
  let done = 0;
  // all of them first: what opening costs is not measured
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)));
  const started = performance.now();
  const drive = async (socket: Socket): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let sentAt = 0;
    const next = (): void => {
      if (sent >= count) {
        resolve();
        return;
      }
      sentAt = performance.now();
      socket.write(requests[sent % requests.length] ?? '', 'latin1');
      sent += 1;
    };
    const answers = new Answers((status) => {
      const latencyMs = performance.now() - sentAt;
      latencies[done] = latencyMs;
      maxMs[status] = Math.max(maxMs[status] ?? 0, latencyMs);
      done += 1;
      statuses[status] = (statuses[status] ?? 0) + 1;
      next();
    });
    socket.on('data', (chunk) => answers.push(chunk));
    socket.on('close', () => reject(new Error('the server closed a connection')));
    socket.on('error', reject);
    next();
    await promise;
    socket.removeAllListeners('close');
    socket.destroy();
  };
  await Promise.all(sockets.map(drive));
  latencies.sort();
  return {
    seconds: (performance.now() - started) / 1000,
    statuses,
    p50Ms: latencies[Math.floor(count * 0.5)] ?? 0,
    p99Ms: latencies[Math.floor(count * 0.99)] ?? 0,
    maxMs,
  };
}

/** Splits what a connection receives into answers. */
class Answers {
  private pending: Buffer = Buffer.alloc(0);
  private readonly answered: (status: string) => void;

  constructor(answered: (status: string) => void) {
    this.answered = answered;
  }

  push(chunk: Buffer): void {
    this.pending = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    const headEnd = this.pending.indexOf(HEAD_END);
    if (headEnd === -1) return;
    const head = this.pending.toString('latin1', 0, headEnd);
    const length = /content-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) throw new Error(`an answer without a length: ${head}`);
    if (this.pending.length < headEnd + HEAD_END.length + Number(length)) return;
    this.pending = Buffer.alloc(0);
    this.answered(head.slice(9, 12));
  }
}

async function open(port: number): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket));
  socket.once('error', reject);
  return promise;
}

process.on('message', (order: LoadOrder) => {
  run(order).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
