import type { Clock } from '../../clock';
import { json } from '../../server/answers';
import type { Answer } from '../../server/exchange';
import type { Switches } from '../../switches';

/**
 * Data Center's rate limiting, which is off unless an administrator switches it on: a bucket of requests that fills
 * again by one each second. Its headers stand on good answers, too.
 *
 * @see https://confluence.atlassian.com/doc/improving-instance-stability-with-rate-limiting-992679004.html
 */
export class RequestBucket {
  private level: number | undefined;
  private filledAt = 0;

  constructor(
    private readonly clock: Clock,
    private readonly switches: Switches,
  ) {}

  /** Answers by `handle`, or refuses when nothing is left. */
  async pass(handle: () => Answer | Promise<Answer>): Promise<Answer> {
    const { bucketSize, bucketRefusal } = this.switches;
    if (bucketSize === 0) return handle();
    const level = this.fill(bucketSize);
    if (level >= 1) {
      this.level = level - 1;
      return this.withHeaders(await handle(), bucketSize);
    }
    const status = bucketRefusal === '403' ? 403 : 429;
    return this.withHeaders(json(status, { message: 'Rate limit exceeded.' }), bucketSize);
  }

  private fill(size: number): number {
    const now = this.clock.now();
    const filled = Math.min(size, (this.level ?? size) + (now - this.filledAt) / 1000);
    this.filledAt = now;
    this.level = filled;
    return filled;
  }

  private withHeaders(answer: Answer, size: number): Answer {
    const left = Math.floor(this.level ?? size);
    const headers = {
      'x-ratelimit-limit': String(size),
      'x-ratelimit-remaining': String(left),
      'x-ratelimit-interval-seconds': '1',
      'x-ratelimit-fillrate': '1',
      'retry-after': left > 0 ? '0' : '1',
    };
    return { ...answer, headers: { ...answer.headers, ...headers } };
  }
}
