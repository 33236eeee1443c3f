import type { CanonicalWriter } from './canonical-writer.js';
import { compareCodePoints } from './compare-code-points.js';
import { JsonFault } from './json-fault.js';
import { sortNames } from './sort-names.js';

/** A container that is still open: where its values go and how its canonical text is finished. */
export interface Frame {
  readonly container: unknown[] | Record<string, unknown>;
  readonly closer: number;
  /** Members or elements begun. */
  count: number;
  /** Takes the value that was read last. */
  add(value: unknown): void;
  /** `position` is that of the closing bracket, for a fault. */
  close(writer: CanonicalWriter, position: number): void;
}

/** An open array. */
export class ArrayFrame implements Frame {
  readonly container: unknown[] = [];
  readonly closer = 0x5d;
  count = 0;

  add(value: unknown): void {
    this.container.push(value);
  }

  close(): void {
    // Elements already stand in their final order.
  }
}

/** An open object: its members are written as received and put into code-point order when it closes. */
export class ObjectFrame implements Frame {
  readonly container: Record<string, unknown> = {};
  readonly closer = 0x7d;
  count = 0;
  private readonly names: string[] = [];
  private readonly starts: number[] = [];
  /** Of the member that was begun last. */
  name = '';
  private ascending = true;

  /** Begins a member whose canonical text starts at `start`. */
  begin(name: string, start: number): void {
    if (this.ascending && this.names.length > 0) this.ascending = compareCodePoints(this.name, name) < 0;
    this.names.push(name);
    this.starts.push(start);
    this.name = name;
  }

  add(value: unknown): void {
    if (this.name !== '__proto__') {
      this.container[this.name] = value;
      return;
    }
    // an assignment would set the prototype instead of making a member
    const member = { value, writable: true, enumerable: true, configurable: true };
    Object.defineProperty(this.container, this.name, member);
  }

  close(writer: CanonicalWriter, position: number): void {
    if (this.ascending) return;
    const order = sortNames(this.names);
    // Equal names are neighbours now: no hash table has to be kept while reading.
    for (let rank = 1; rank < order.length; rank += 1) {
      if (this.names[order[rank] ?? 0] === this.names[order[rank - 1] ?? 0]) {
        throw new JsonFault('the object that ends here has two members of the same name', position);
      }
    }
    writer.reorderMembers(this.starts, order);
  }
}
