import { CancellationScope, condition } from '@temporalio/workflow';
import type { PlanRemovalsInput, SpaceInput } from '../activities/contract';
import type { Pause } from './pause';
import type { TenantSteps } from './steps';

/** Judges what a space has in Unique and was not listed, and removes what the guard lets go. */
export async function removeGone(steps: TenantSteps, pause: Pause, input: PlanRemovalsInput): Promise<void> {
  const { approval: _approval, ...key } = input;
  if ((await judgeGone(steps, pause, input)) > 0) await removeReleased(steps, pause, key);
}

/** @returns how many removals the guard lets go */
export async function judgeGone(steps: TenantSteps, pause: Pause, input: PlanRemovalsInput): Promise<number> {
  await condition(() => !pause.active);
  const summary = 'Look up and judge what is gone';
  const { removals } = await steps.planRemovals.executeWithOptions({ summary }, [input]);
  return removals;
}

/**
 * Removes portion by portion. A pause stops it at its next request; what is left goes on after the resume, looked up
 * once more if it took long.
 */
export async function removeReleased(steps: TenantSteps, pause: Pause, key: SpaceInput): Promise<void> {
  for (let finished = false; !finished;) {
    await condition(() => !pause.active);
    finished = await removePortion(steps, pause, key);
  }
}

async function removePortion(steps: TenantSteps, pause: Pause, key: SpaceInput): Promise<boolean> {
  const stoppable = new CancellationScope();
  const unfollow = pause.follow({ pauseWith: () => stoppable.cancel(), resumeNow: () => undefined });
  try {
    const { finished } = await stoppable.run(() =>
      steps.removeContents.executeWithOptions({ summary: 'Remove contents' }, [key]),
    );
    return finished;
  } catch (error) {
    // Stopped by the pause, however it ended: unfinished work.
    if (stoppable.consideredCancelled && !CancellationScope.current().consideredCancelled) return false;
    throw error;
  } finally {
    unfollow();
  }
}
