import { Injectable } from '@nestjs/common';
import { type InvalidationSubject, printSubject } from './invalidation-subject.js';

/** Keeps copies of what can change elsewhere. */
export interface InvalidationListener {
  /** The thing with this id has changed. */
  invalidate(id: string): void;
  /** Anything may have changed. */
  clear(): void;
}

/** Those besides the principals who want to hear of invalidations, by the kind of thing that they keep. */
@Injectable()
export class InvalidationListeners {
  private readonly listeners: { prefix: string; listener: InvalidationListener }[] = [];

  add(kind: InvalidationSubject['kind'], listener: InvalidationListener): void {
    this.listeners.push({ prefix: printSubject({ kind, id: '' }), listener });
  }

  /** Tells those who keep things of the subject's kind. */
  invalidate(printed: string): void {
    for (const { prefix, listener } of this.listeners) {
      if (printed.startsWith(prefix)) listener.invalidate(printed.slice(prefix.length));
    }
  }

  /** Tells all to forget everything, because something may have been missed. */
  clear(): void {
    for (const { listener } of this.listeners) listener.clear();
  }
}
