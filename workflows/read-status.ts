import type { ReadStatusInput, StatusReport } from './messages';
import { readSteps } from './steps';

/** Asks a worker what its store knows: runs, freshness, failures. Runs on `syncspace-read`, also where nothing may be synced. */
export async function readStatus(input: ReadStatusInput = {}): Promise<StatusReport> {
  return readSteps.readStatus.executeWithOptions({ summary: 'Read the store' }, [input]);
}
