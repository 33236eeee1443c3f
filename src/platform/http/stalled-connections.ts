import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Cuts connections that carry nothing for `stallMs` while it is the client's turn: an answer that it does not read, or a body
 * that it does not send ({@link bodyDeadline} says whether there is one). Whoever waits for us is let be, however long. Node's
 * socket timeout is the only thing that sees how far the system has come with a large write.
 */
export function cutStalledConnections(server: Server, stallMs: number): void {
  server.timeout = stallMs;
  server.on('timeout', (socket: Socket) => {
    // between two requests Node waits for longer than that
    const isIdle = (socket.timeout ?? 0) > stallMs;
    if (isIdle || socket.writableLength > 0) socket.destroy();
    else if (!socket.destroyed) socket.setTimeout(stallMs);
  });
}
