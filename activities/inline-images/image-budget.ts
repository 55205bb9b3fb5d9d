/** How many bytes of images a page may hold; what is taken is counted before it is read into memory. */
export class ImageBudget {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** Whether there was room for this many more bytes; they are then taken. */
  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }

  /** Gives back what was taken and not used. */
  giveBack(bytes: number): void {
    this.#left += bytes;
  }
}
