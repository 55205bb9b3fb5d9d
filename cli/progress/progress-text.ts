import { describeDuration } from '../report/duration';
import { count } from '../report/table';
import type { ProgressSample } from './progress-sample';
import { retryingStep, retryingText } from './retrying';

/** A running sync in one line. */
export function progressText(sample: ProgressSample, now: number): string {
  const { progress, run, tenant } = sample;
  const took = describeDuration(now - progress.startedAt.getTime());
  const parts = [
    phaseText(sample),
    run === undefined || run.discovered === 0 ? '' : itemsText(run),
    spacesText(sample),
    retryingText(retryingStep(progress)),
  ];
  return `${tenant}: ${parts.filter((part) => part !== '').join(' · ')} · ${took}`;
}

/** What the sync is doing: for the bar, which shows the counts itself. */
export function phaseText({ progress }: ProgressSample): string {
  if (!progress.answered) return 'waiting for a worker';
  if (progress.paused !== undefined) return `paused: ${progress.paused}`;
  return progress.phase ?? 'starting';
}

/** Spaces under work and how far each is. */
export function spacesText({ progress: { spaces, spacesEnded } }: ProgressSample): string {
  const running = spaces.map(({ spaceKey, slices, slicesEnded, phase }) =>
    slices === 0 ? `${spaceKey} ${phase}` : `${spaceKey} ${slicesEnded}/${slices}`,
  );
  const ended = spacesEnded ? `${count(spacesEnded)} ${spacesEnded === 1 ? 'space' : 'spaces'} ended` : '';
  return [ended, running.join(', ')].filter((part) => part !== '').join(' · ');
}

/** How many items are done. */
export function itemsText(run: NonNullable<ProgressSample['run']>): string {
  const failed = run.failed === 0 ? '' : `, ${count(run.failed)} failed`;
  return `${count(run.done)} of ${count(run.discovered)} items${failed}`;
}
