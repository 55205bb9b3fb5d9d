import type { SyncProgress } from '../../client';

/** What does not work at the moment, so that nobody wonders why nothing moves. */
export interface Retrying {
  /** The space it is a step of; absent for a step of the tenant's own. */
  readonly spaceKey?: string;
  readonly step: string;
  readonly attempt: number;
  readonly message: string;
}

/** The step that a sync waits for: the tenant's before those of its spaces. */
export function retryingStep({ retrying, spaces }: SyncProgress): Retrying | undefined {
  if (retrying !== undefined) return retrying;
  return spaces.flatMap((space) => (space.retrying ? [{ spaceKey: space.spaceKey, ...space.retrying }] : []))[0];
}

/** In one line; empty when nothing is tried again. */
export function retryingText(retrying: Retrying | undefined): string {
  if (retrying === undefined) return '';
  const { spaceKey, step, attempt, message } = retrying;
  const where = spaceKey === undefined ? '' : ` of ${spaceKey}`;
  return `${step}${where}, attempt ${attempt}: ${message.split('\n')[0] ?? ''}`;
}
