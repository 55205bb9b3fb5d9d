import { UnavailableError } from '../http/errors';
import { SystemDownError } from './errors';
import type { ItemFailure } from './ingest-batch';

/** So many failures in a row that found the other side not working make one look whether it is down. */
const SUSPICIOUS = 5;

/**
 * Tells an outage from bad items. Item after item that is answered by 5xx, or not at all, may be a service that is down:
 * then the slice stops and waits, instead of failing every item there is. Or it may be a page whose files are broken:
 * then a probe is answered, and the failures are the items' own.
 */
export class OutageWatch {
  private inARow = 0;

  /** @param probe one cheap request to the side that a failure came from; throws when that side is down */
  constructor(private readonly probe: (failure: ItemFailure) => Promise<unknown>) {}

  itemsPassed(): void {
    this.inARow = 0;
  }

  /** @throws {SystemDownError} when the failures are not the items' own */
  async itemsFailed(failures: readonly ItemFailure[]): Promise<void> {
    const last = failures.at(-1);
    if (last === undefined) return;
    this.inARow = failures.every(({ unavailable }) => unavailable) ? this.inARow + 1 : 0;
    if (this.inARow < SUSPICIOUS) return;
    try {
      await this.probe(last);
    } catch (error) {
      throw error instanceof UnavailableError ? new SystemDownError(last.failure) : error;
    }
    this.inARow = 0;
  }
}
