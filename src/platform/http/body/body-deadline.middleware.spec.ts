import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { Request, Response } from 'express';
import { bodyDeadline } from './body-deadline.middleware.js';

afterEach(() => {
  jest.useRealTimers();
});

function arrive(headers: Record<string, string>) {
  jest.useFakeTimers();
  const destroy = jest.fn();
  const request = Object.assign(new EventEmitter(), { headers, socket: { destroy } }) as unknown as Request;
  const next = jest.fn();
  bodyDeadline(1000)(request, {} as Response, next);
  expect(next).toHaveBeenCalledTimes(1);
  return { request, destroy };
}

describe('bodyDeadline', () => {
  it('closes the connection of a body that does not arrive in time', () => {
    const { destroy } = arrive({ 'transfer-encoding': 'chunked' });
    jest.advanceTimersByTime(999);
    expect(destroy).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(destroy).toHaveBeenCalledTimes(1);
  });

  it('lets one be that has arrived, that is none, or that somebody else watches', () => {
    const arrived = arrive({ 'content-length': '5' });
    arrived.request.emit('close');
    const none = arrive({ 'content-length': '0' });
    const streamed = arrive({ 'content-length': '5' });
    clearTimeout(streamed.request.bodyDeadline);
    jest.advanceTimersByTime(10_000);
    for (const { destroy } of [arrived, none, streamed]) expect(destroy).not.toHaveBeenCalled();
  });
});
