/**
 * Names that the modules declare while the program loads, each with what is known of it. Complete once it is read: a
 * declaration that comes later would be missing where the list was used, so it is refused.
 */
export class Declarations<Name extends string, Entry> {
  private readonly entries = new Map<Name, Entry>();
  private list: readonly Name[] | null = null;

  constructor(
    private readonly what: string,
    private readonly inOrder: (names: readonly Name[]) => readonly Name[] = (names) => names,
  ) {}

  /** @throws Error if one is declared twice, or after the list was read */
  add(declared: Readonly<Record<string, Entry>>): void {
    for (const [name, entry] of Object.entries(declared)) {
      if (this.list) throw new Error(`${this.what} ${name} is declared after the list was read`);
      if (this.entries.has(name as Name)) throw new Error(`${this.what} ${name} is declared twice`);
      this.entries.set(name as Name, entry);
    }
  }

  /** All that were declared. From now on the list is complete. */
  names(): readonly Name[] {
    this.list ??= this.inOrder([...this.entries.keys()]);
    return this.list;
  }

  /** @throws Error if it was not declared */
  get(name: Name): Entry {
    const entry = this.entries.get(name);
    if (!entry) throw new Error(`${this.what} ${name} is not declared`);
    return entry;
  }

  has(name: string): name is Name {
    return this.entries.has(name as Name);
  }
}
