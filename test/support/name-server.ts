import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const TYPE_A = 1;
const HEADER_BYTES = 12;
/** A pointer to the name of the question, class IN, and a TTL of 0, so that nobody remembers the answer. */
const ANSWER_HEAD = Buffer.from([0xc0, 0x0c, 0, TYPE_A, 0, 1, 0, 0, 0, 0, 0, 4]);

/** A name server of the test's own (RFC 1035), on UDP. */
export interface NameServer {
  readonly port: number;
  /** Names that it was asked the IPv4 address of, in order. */
  readonly asked: string[];
  /** From now on every name has this IPv4 address, and no other. */
  answer(address: string): void;
  stop(): void;
}

/** Starts a name server on a free port of 127.0.0.1. */
export async function startNameServer(initial: string): Promise<NameServer> {
  let address = initial;
  const asked: string[] = [];
  const socket = createSocket('udp4', (query, { port }) => {
    const { name, end } = nameIn(query);
    const isForA = query.readUInt16BE(end) === TYPE_A;
    if (isForA) asked.push(name);
    socket.send(answerTo(query.subarray(0, end + 4), isForA ? address : null), port, '127.0.0.1');
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    asked,
    answer: (next) => {
      address = next;
    },
    stop: () => socket.close(),
  };
}

function nameIn(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), end: at + 1 };
}

function answerTo(headAndQuestion: Buffer, address: string | null): Buffer {
  const reply = Buffer.from(headAndQuestion);
  // an answer without error, one question, and nothing in the two sections behind
  reply.writeUInt16BE(0x8180, 2);
  reply.writeUInt16BE(1, 4);
  reply.writeUInt16BE(address === null ? 0 : 1, 6);
  reply.writeUInt32BE(0, 8);
  return address === null ? reply : Buffer.concat([reply, ANSWER_HEAD, Buffer.from(address.split('.').map(Number))]);
}

/** `NODE_OPTIONS` by which a server under test asks this name server instead of the machine's. */
export function askingNameServer({ port }: NameServer): string {
  // a resolver takes other servers only while it asks nothing
  const preload = `
    import { Resolver } from 'node:dns/promises';
    const redirected = new WeakSet();
    for (const method of ['resolve4', 'resolve6']) {
      const ask = Resolver.prototype[method];
      Resolver.prototype[method] = function (name) {
        if (!redirected.has(this)) this.setServers(['127.0.0.1:${port}']);
        redirected.add(this);
        return ask.call(this, name);
      };
    }`;
  return `--import=data:text/javascript,${encodeURIComponent(preload)}`;
}
