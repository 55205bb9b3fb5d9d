import type { RunKey, Store } from '../store/store';
import { RunClosedError } from './errors';

/**
 * Looks whether the run still takes something in. What it had discovered was dropped with its end, so that every space
 * would seem to be gone.
 *
 * @throws {RunClosedError} when its workflow was reset after its end
 */
export async function requireOpenRun({ runs }: Pick<Store, 'runs'>, { tenant, run }: RunKey): Promise<void> {
  if ((await runs.get({ tenant, run }))?.endedAt !== undefined) throw new RunClosedError(tenant, run);
}

/**
 * Begins a round. A request that came too late for the round before reopens the run, whose report is made anew.
 *
 * @throws {RunClosedError} when it is closed before its first round: its workflow was reset after its end
 */
export async function openForRound({ runs }: Pick<Store, 'runs'>, key: RunKey, round: number): Promise<void> {
  if (round > 1) await runs.restart(key);
  else await requireOpenRun({ runs }, key);
}
