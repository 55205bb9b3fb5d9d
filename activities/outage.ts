import { UnavailableError } from '../http/errors';
import type { Step } from '../rules/report';
import { SystemDownError } from './errors';
import type { ItemFailure } from './ingest-batch';

/** So many failures in a row that found the other side not working make one look whether it is down. */
const SUSPICIOUS = 5;

/**
 * Tells an outage from bad items. Item after item that is answered by 5xx, or not at all, may be a service that is down:
 * then the slice stops and waits, and none of them counts as failed. Or it may be a page whose files are broken: then a
 * probe is answered, and the failures are the items' own.
 */
export class OutageWatch {
  private readonly suspects: ItemFailure[] = [];
  private inARow = 0;

  /** @param probe one cheap request to the side that a step talks to, about no item; throws when that side is down */
  constructor(private readonly probe: (step: Step) => Promise<unknown>) {}

  itemsPassed(): void {
    this.inARow = 0;
  }

  /**
   * @returns failures that are the items' own; whatever may be an outage's is kept until that is known
   * @throws {SystemDownError} when the failures are not the items' own
   */
  async itemsFailed(failures: readonly ItemFailure[]): Promise<readonly ItemFailure[]> {
    const own = failures.filter(({ unavailable }) => !unavailable);
    this.suspects.push(...failures.filter(({ unavailable }) => unavailable));
    this.inARow = own.length === 0 ? this.inARow + 1 : 0;
    return this.inARow < SUSPICIOUS ? own : [...own, ...(await this.cleared())];
  }

  /**
   * The kept failures, after a look that the other side works: also at the end of a slice, however few they are.
   *
   * @throws {SystemDownError} when it does not
   */
  async cleared(): Promise<readonly ItemFailure[]> {
    this.inARow = 0;
    const last = this.suspects.at(-1);
    if (last === undefined) return [];
    try {
      await this.probe(last.failure.step);
    } catch (error) {
      throw error instanceof UnavailableError ? new SystemDownError(last.failure) : error;
    }
    return this.suspects.splice(0);
  }
}
