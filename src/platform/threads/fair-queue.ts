/** A queue that takes from its owners in turn, and from each in the order of arrival. */
export class FairQueue<Item> {
  /** In the order of their turns; no owner is listed without an item. */
  readonly #owners = new Map<string, Item[]>();

  /** How many items of the owner wait. */
  count(ownerId: string): number {
    return this.#owners.get(ownerId)?.length ?? 0;
  }

  get isEmpty(): boolean {
    return this.#owners.size === 0;
  }

  push(ownerId: string, item: Item): void {
    const items = this.#owners.get(ownerId);
    if (items === undefined) {
      this.#owners.set(ownerId, [item]);
    } else {
      items.push(item);
    }
  }

  /** Takes the next item of the owner whose turn it is, among those that `mayTake` lets; undefined when there is none. */
  take(mayTake: (ownerId: string) => boolean = () => true): Item | undefined {
    for (const [ownerId, items] of this.#owners) {
      if (mayTake(ownerId)) {
        const item = items.shift();
        this.#owners.delete(ownerId);
        if (items.length > 0) {
          this.#owners.set(ownerId, items);
        }
        return item;
      }
    }
    return undefined;
  }

  /** Takes out one item wherever it stands; whether it was there. */
  remove(ownerId: string, item: Item): boolean {
    const items = this.#owners.get(ownerId) ?? [];
    const place = items.indexOf(item);
    if (place === -1) {
      return false;
    }
    items.splice(place, 1);
    if (items.length === 0) {
      this.#owners.delete(ownerId);
    }
    return true;
  }
}
