import { describe, expect, it } from '@jest/globals';
import { type EventType, webhookEventTypes } from '../../../kernel/events/event-types.js';
import { eventPatterns, isSubscribed } from './subscription-rules.js';

describe('a subscription', () => {
  it.each([
    [['*'], 'api_key.created'],
    [['api_key.*'], 'api_key.created'],
    [['api_key.created'], 'api_key.created'],
    [['user.locked', 'oauth.*'], 'oauth.client.created'],
    [['oauth.client.*'], 'oauth.client.created'],
  ])('to %j covers %s', (patterns, type) => {
    expect(isSubscribed(patterns, type as EventType)).toBe(true);
  });

  it.each([
    [[], 'api_key.created'],
    [['api_key'], 'api_key.created'],
    [['api_key.revoked'], 'api_key.created'],
    [['session.*'], 'api_key.created'],
    [['oauth.client.*'], 'oauth.grant.revoked'],
    [['api_key.create'], 'api_key.created'],
  ])('to %j does not cover %s', (patterns, type) => {
    expect(isSubscribed(patterns, type as EventType)).toBe(false);
  });

  // the outbox also carries what the audit trail alone is to know
  it('to everything does not cover events that are not for owners', () => {
    expect(isSubscribed(['*', 'webhook.*', 'webhook.created'], 'webhook.created')).toBe(false);
  });

  it('to everything covers every event there is', () => {
    expect(webhookEventTypes().filter((type) => !isSubscribed(['*'], type))).toEqual([]);
    expect(eventPatterns()).toContain('compression.*');
    expect(eventPatterns()).not.toContain('oauth.client');
  });
});
