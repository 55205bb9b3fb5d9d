import { type Random, seededRandom } from '../random';
import type { FaultEffect, FaultHandle, FaultRequest, FaultRule } from './rule';

interface ActiveRule {
  readonly rule: FaultRule;
  seen: number;
  hits: number;
}

/** Faults that the sandbox's servers show; of several rules that match, the one added first strikes. */
export class Faults {
  private rules: readonly ActiveRule[] = [];
  private random: Random;

  /** @param seed of the numbers behind `probability` */
  constructor(seed = 1) {
    this.random = seededRandom(seed);
  }

  /** Adds a rule; it holds from the next request on. */
  add(rule: FaultRule): FaultHandle {
    const active: ActiveRule = { rule, seen: 0, hits: 0 };
    this.rules = [...this.rules, active];
    return {
      get hits() {
        return active.hits;
      },
      remove: () => {
        this.rules = this.rules.filter((other) => other !== active);
      },
    };
  }

  /** Takes all rules away. */
  clear(): void {
    this.rules = [];
  }

  /** Begins the numbers behind `probability` anew. */
  reseed(seed: number): void {
    this.random = seededRandom(seed);
  }

  /** The effect that strikes `request`, if any. */
  strike(request: FaultRequest): FaultEffect | undefined {
    for (const active of this.rules) if (this.strikes(active, request)) return active.rule;
    return undefined;
  }

  /** Spares callers to describe requests that no rule can match. */
  get isEmpty(): boolean {
    return this.rules.length === 0;
  }

  private strikes(active: ActiveRule, request: FaultRequest): boolean {
    const { route, times = Infinity, after = 0, probability = 1, match } = active.rule;
    if (active.hits >= times || !matchesRoute(route, request) || match?.(request) === false) return false;
    active.seen += 1;
    if (active.seen <= after) return false;
    if (probability < 1 && this.random() >= probability) return false;
    active.hits += 1;
    return true;
  }
}

function matchesRoute(route: string | RegExp, { route: name, method, path }: FaultRequest): boolean {
  const line = `${method} ${path}`;
  if (typeof route === 'string') return route === name || route === line;
  // A global or sticky expression keeps its place between tests.
  route.lastIndex = 0;
  return route.test(name) || route.test(line);
}
