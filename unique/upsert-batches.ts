import type { SendBefore } from '../http/client';
import type { HttpError } from '../http/errors';
import type { ContentUpsert, UpsertResult } from './content';

/** What one request for several contents came to. */
export type BatchOutcome =
  /** One result per content, in order. */
  | { readonly kind: 'answered'; readonly results: readonly UpsertResult[] }
  /** The platform does not take the request as it is: too many fields, too complex, too large, or one of them bad. */
  | { readonly kind: 'refused'; readonly error: HttpError }
  /** The platform tried, and does not say which contents it has: a field that failed took all the others along. */
  | { readonly kind: 'undecided'; readonly error: HttpError };

/** Sends one request; throws only what concerns the platform as a whole. */
export type SendBatch = (batch: readonly ContentUpsert[], how: Sending) => Promise<BatchOutcome>;

/** What each request of a batch is sent with. */
export interface Sending {
  readonly signal: AbortSignal | undefined;
  readonly sendBefore: SendBefore | undefined;
}

interface Sent {
  readonly results: readonly UpsertResult[];
  /** Contents in the largest request that was answered. */
  readonly largestAnswered: number;
  /** Whether a content was refused alone, so that the size of its batch is not to blame. */
  readonly hasBadContent: boolean;
}

/** Sends contents in batches as large as the platform takes them; what it takes is learned once for all callers. */
export class UpsertBatches {
  private size: number;

  /** @param size contents a request, until the platform shows that it takes less */
  constructor(
    private readonly send: SendBatch,
    size: number,
  ) {
    this.size = size;
  }

  /** One result per content, in order; one request after the other. */
  async upsert(contents: readonly ContentUpsert[], how: Sending): Promise<readonly UpsertResult[]> {
    const results: UpsertResult[] = [];
    while (results.length < contents.length) {
      const batch = contents.slice(results.length, results.length + this.size);
      results.push(...(await this.sendBatch(batch, how)).results);
    }
    return results;
  }

  private async sendBatch(batch: readonly ContentUpsert[], how: Sending): Promise<Sent> {
    const outcome = await this.send(batch, how);
    if (outcome.kind === 'answered') {
      return { results: outcome.results, largestAnswered: batch.length, hasBadContent: false };
    }
    if (batch.length === 1) {
      return { results: [{ ok: false, error: outcome.error }], largestAnswered: 0, hasBadContent: true };
    }
    if (outcome.kind === 'undecided') return this.sendParts(batch, 1, how);
    const sent = await this.sendParts(batch, Math.ceil(batch.length / 2), how);
    // A content that is refused alone made its batch refused; then smaller batches would only cost requests.
    if (!sent.hasBadContent) this.size = Math.min(this.size, sent.largestAnswered);
    return sent;
  }

  private async sendParts(batch: readonly ContentUpsert[], size: number, how: Sending): Promise<Sent> {
    const sent: Sent[] = [];
    for (let at = 0; at < batch.length;) {
      // Looked at again for each part: the one before may have learned that less is taken.
      const part = batch.slice(at, at + Math.min(size, this.size));
      sent.push(await this.sendBatch(part, how));
      at += part.length;
    }
    return {
      results: sent.flatMap(({ results }) => results),
      largestAnswered: Math.max(...sent.map(({ largestAnswered }) => largestAnswered)),
      hasBadContent: sent.some(({ hasBadContent }) => hasBadContent),
    };
  }
}
