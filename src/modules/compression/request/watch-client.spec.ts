import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { watchForStall } from './watch-client.js';

const PACE = { bytesMin: 100, windowMs: 1000 };

afterEach(() => {
  jest.useRealTimers();
});

describe('watchForStall', () => {
  it('lets a connection be that moves enough in every window, in either direction', () => {
    jest.useFakeTimers();
    const socket = { bytesRead: 5000, bytesWritten: 5000 };
    const onStall = jest.fn();
    const end = watchForStall(socket, onStall, PACE);
    for (let window = 0; window < 5; window += 1) {
      socket.bytesRead += 60;
      socket.bytesWritten += 40;
      jest.advanceTimersByTime(PACE.windowMs);
    }
    expect(onStall).not.toHaveBeenCalled();
    end();
    jest.advanceTimersByTime(10 * PACE.windowMs);
    expect(onStall).not.toHaveBeenCalled();
  });

  it('calls once when a window was too slow, whatever went before', () => {
    jest.useFakeTimers();
    const socket = { bytesRead: 0, bytesWritten: 0 };
    const onStall = jest.fn();
    watchForStall(socket, onStall, PACE);
    socket.bytesRead += 1_000_000;
    jest.advanceTimersByTime(PACE.windowMs);
    socket.bytesRead += 99;
    jest.advanceTimersByTime(PACE.windowMs);
    expect(onStall).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(10 * PACE.windowMs);
    expect(onStall).toHaveBeenCalledTimes(1);
  });
});
