/** Something that works in the background, in the processes that do such work. */
export interface Worker {
  /** There may be something to do. Cheap, and harmless when there is nothing. */
  wake(): void;
  /** Ends what is under way and takes on nothing more. */
  stop(): Promise<void>;
}
