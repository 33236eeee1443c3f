import { AdjustableClock } from '../../kernel/clock.js';

/** What a parent process may say to move the clock of its child: `{ clock: { advanceMs } }` or `{ clock: { setMs } }`. */
interface ClockMessage {
  readonly clock?: { readonly advanceMs?: number; readonly setMs?: number };
}

/** A clock that the parent process moves over the IPC channel; each move is acknowledged with `{ clockNow }`. */
export function ipcClock(channel: NodeJS.Process): AdjustableClock {
  const clock = new AdjustableClock();
  channel.on('message', (message: ClockMessage) => {
    if (!message.clock) return;
    if (message.clock.setMs !== undefined) clock.set(message.clock.setMs);
    if (message.clock.advanceMs !== undefined) clock.advance(message.clock.advanceMs);
    channel.send?.({ clockNow: clock.now() });
  });
  return clock;
}
