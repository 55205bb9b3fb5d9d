import { CancellationScope, condition } from '@temporalio/workflow';
import type { PlanRemovalsInput } from '../activities/contract';
import type { Pause } from './pause';
import type { TenantSteps } from './steps';

/**
 * Judges what a space has in Unique and was not listed, and removes what the guard lets go, portion by portion. A pause
 * stops it at its next request; what is left goes on after the resume, looked up once more if it took long.
 */
export async function removeGone(steps: TenantSteps, pause: Pause, input: PlanRemovalsInput): Promise<void> {
  const { approval: _approval, ...key } = input;
  await condition(() => !pause.active);
  const { removals } = await steps.planRemovals.executeWithOptions({ summary: 'Look up and judge what is gone' }, [
    input,
  ]);
  for (let finished = removals === 0; !finished;) {
    await condition(() => !pause.active);
    finished = await removePortion(steps, pause, key);
  }
}

async function removePortion(
  steps: TenantSteps,
  pause: Pause,
  key: Omit<PlanRemovalsInput, 'approval'>,
): Promise<boolean> {
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
