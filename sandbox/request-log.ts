/** One answered (or dropped) request. */
export interface RequestEntry {
  /** Milliseconds since the epoch, when it arrived. */
  readonly time: number;
  /** Such as `confluence.search`; `unknown` for a path that nobody serves. */
  readonly route: string;
  readonly method: string;
  /** With its query, but without tokens and signatures. */
  readonly path: string;
  /** `0` when the connection was dropped without an answer. */
  readonly status: number;
  /** From arrival to the end of the answer, in milliseconds. */
  readonly durationMs: number;
}

const KEPT = 10_000;
const SIGNATURES = /([?&](?:token|sig|key|client)=)[^&]*/g;

/** What was asked of the sandbox: exact counts, and the last 10,000 requests. */
export class RequestLog {
  private ring: RequestEntry[] = [];
  private next = 0;
  private counts = new Map<string, number>();
  private readonly followers: ((entry: RequestEntry) => void)[] = [];

  /** Calls `follower` at the end of each request from now on, in the moment in which it was answered. */
  follow(follower: (entry: RequestEntry) => void): void {
    this.followers.push(follower);
  }

  /** Requests of one route, or of all. */
  count(route?: string): number {
    if (route !== undefined) return this.counts.get(route) ?? 0;
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Requests by route. */
  totals(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.counts);
  }

  /** The last 10,000 requests, oldest first. */
  get entries(): readonly RequestEntry[] {
    return [...this.ring.slice(this.next), ...this.ring.slice(0, this.next)].map((entry) => ({
      ...entry,
      path: entry.path.replace(SIGNATURES, '$1…'),
    }));
  }

  /** Forgets everything. */
  reset(): void {
    this.ring = [];
    this.next = 0;
    this.counts.clear();
  }

  /** Counts a request. */
  add(entry: RequestEntry): void {
    this.counts.set(entry.route, (this.counts.get(entry.route) ?? 0) + 1);
    for (const follower of this.followers) follower(entry);
    if (this.ring.length < KEPT) {
      this.ring.push(entry);
      return;
    }
    this.ring[this.next] = entry;
    this.next = (this.next + 1) % KEPT;
  }
}
