import { Injectable } from '@nestjs/common';
import type { Principal } from '../../kernel/access/principal.js';
import { InvalidationFeed } from './invalidation-feed.js';
import { PrincipalCache } from './principal-cache.js';
import type { VerifiedCredential } from './verified-credential.js';

interface Flight {
  readonly begun: number;
  readonly landed: Promise<VerifiedCredential>;
}

/** Who is behind a credential: from the cache while it is current, else from the database, always the same way. */
@Injectable()
export class Principals {
  private readonly flights = new Map<string, Flight>();

  constructor(
    private readonly cache: PrincipalCache,
    private readonly feed: InvalidationFeed,
  ) {}

  /** The verified principal of a credential's digest, without a question to anybody; null if one has to be asked. */
  find(digest: string): Principal | null {
    return this.feed.isCurrent() ? this.cache.find(digest) : null;
  }

  /**
   * Verifies a credential that {@link find} does not know. Requests that come while one verifies wait for its answer,
   * unless it may have read what has changed since; while the cache is not trusted, each one asks for itself.
   */
  async verify(digest: string, ask: () => Promise<VerifiedCredential>): Promise<Principal> {
    const flight = this.feed.isCurrent() ? this.flights.get(digest) : undefined;
    if (flight?.begun === this.cache.begin()) return (await flight.landed).principal;
    const { landed } = this.take(digest, ask);
    return (await landed).principal;
  }

  private take(digest: string, ask: () => Promise<VerifiedCredential>): Flight {
    const begun = this.cache.begin();
    const flight = { begun, landed: ask() };
    this.flights.set(digest, flight);
    const land = (): void => {
      if (this.flights.get(digest) === flight) this.flights.delete(digest);
    };
    flight.landed.then((found) => {
      this.cache.put(digest, begun, found);
      land();
    }, land);
    return flight;
  }
}
