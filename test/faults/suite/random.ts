import { type Random, seededRandom } from '../../../sandbox/random';

/** Draws from one seeded generator; whoever draws the same things in the same order gets the same answers. */
export class Dice {
  private readonly random: Random;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  /** A whole number from `low` to `high`, both inclusive. */
  between(low: number, high: number): number {
    return low + Math.floor(this.random() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  /** One of several, which must not be none. */
  pick<T>(from: readonly T[]): T {
    const one = from[Math.floor(this.random() * from.length)];
    if (one === undefined) throw new Error('There is nothing to pick from.');
    return one;
  }

  /** A name, the likelier the larger its weight. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const names = Object.keys(weights) as K[];
    let left = this.random() * names.reduce((sum, name) => sum + weights[name], 0);
    for (const name of names) if ((left -= weights[name]) < 0) return name;
    return this.pick(names);
  }

  /** Milliseconds until the next of events that come as they like, on average every `meanMs`. */
  gap(meanMs: number): number {
    return Math.round(-Math.log(1 - this.random()) * meanMs);
  }

  /** A seed for what must not depend on how much others draw. */
  seed(): number {
    return this.between(1, 2 ** 31);
  }
}
