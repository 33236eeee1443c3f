import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { AccessCheck } from '../../kernel/access/access-checks.js';
import type { Principal } from '../../kernel/access/principal.js';
import type { AppError } from '../../kernel/errors/app-error.js';
import type { ErrorCode } from '../../kernel/errors/catalogue.js';
import { type IpAddress, parseAddress } from '../../kernel/net/address.js';
import type { AddressSet } from '../../kernel/net/address-set.js';
import { callerAddress } from '../../kernel/net/caller-address.js';
import type { RateState } from './rate-state.js';

const storage = new AsyncLocalStorage<RequestContext>();
const addressOfSocket = new WeakMap<object, IpAddress | null>();

/** What is known of one request, from its first byte to its last log line. */
export class RequestContext {
  /** Who calls; null until a credential has verified. */
  principal: Principal | null = null;
  /** What is wrong with a header credential that counts as none, because nobody needs one here; null: nothing. */
  disregarded: AppError | null = null;
  /** The check that the request is at, for whoever asks later why it was refused. */
  check: AccessCheck = 'credential';
  /** Whether the request has been counted against a rate limit, or is not to be. */
  isCounted = false;
  /** Where the caller stands in its rate window; null: not counted yet, or not limited. */
  rate: RateState | null = null;
  /** The code that the request was refused with; null: it was not. */
  refusal: ErrorCode | null = null;
  /** Runs in every transaction of the request before it commits, and can make it roll back; null: nothing to do. */
  beforeCommit: ((em: EntityManager) => Promise<void>) | null = null;
  private resolvedAddress: IpAddress | null | undefined;

  constructor(
    readonly requestId: string,
    private readonly request: IncomingMessage,
    private readonly trustedProxies: AddressSet,
  ) {}

  /** The caller's address: the socket's, or behind a trusted proxy the right-most hop that is not ours. */
  get address(): IpAddress | null {
    this.resolvedAddress ??= this.resolveAddress();
    return this.resolvedAddress;
  }

  private resolveAddress(): IpAddress | null {
    const { socket } = this.request;
    let peer = addressOfSocket.get(socket);
    if (peer === undefined) {
      peer = parseAddress(socket.remoteAddress ?? '');
      addressOfSocket.set(socket, peer);
    }
    if (!peer || !this.trustedProxies.has(peer)) return peer;
    const forwardedFor = this.request.headersDistinct['x-forwarded-for'] ?? [];
    return callerAddress({ peer: peer.text, forwardedFor, trusted: this.trustedProxies });
  }
}

/** Runs work inside a request's context. */
export function runInContext<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

/** The context of the request being served; undefined outside of one (start, timers). */
export function currentContext(): RequestContext | undefined {
  return storage.getStore();
}
