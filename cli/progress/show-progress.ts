import { Presets, SingleBar } from 'cli-progress';
import type { SyncClient } from '../../client';
import type { Output, TextStream } from '../output';
import { type ProgressSample, ProgressSampler } from './progress-sample';
import { itemsText, phaseText, progressText, spacesText } from './progress-text';
import { retryingStep, retryingText } from './retrying';

const ON_A_TERMINAL_EVERY_MS = 1_000;
const FIRST_AFTER_MS = 500;
const IN_A_PIPE_EVERY_MS = 5_000;

/** Shows samples of a running sync until it is stopped. */
interface Display {
  readonly everyMs: number;
  show(sample: ProgressSample): void;
  end(): void;
}

/**
 * Shows on stderr how far the tenant's sync is: a bar on a terminal, a line every few seconds elsewhere.
 *
 * @returns what ends it
 */
export function showProgress(client: SyncClient, tenant: string, output: Output): () => void {
  const display = output.stderr.isTTY === true ? bar(output.stderr) : lines(output);
  const sampler = new ProgressSampler(client, tenant);
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  const tick = async (): Promise<void> => {
    const sample = await sampler.sample();
    if (ended) return;
    if (sample !== undefined) display.show(sample);
    timer = setTimeout(() => void tick(), display.everyMs);
  };
  timer = setTimeout(() => void tick(), FIRST_AFTER_MS);
  return () => {
    ended = true;
    clearTimeout(timer);
    display.end();
  };
}

function lines(output: Output): Display {
  return {
    everyMs: IN_A_PIPE_EVERY_MS,
    show: (sample) => output.say(progressText(sample, Date.now())),
    end: () => undefined,
  };
}

function bar(stream: TextStream): Display {
  const format = '{tenant} [{bar}] {items}{phase}{details} · {duration_formatted}';
  const options = { format, clearOnComplete: true, hideCursor: true, stream, gracefulExit: false };
  const single = new SingleBar(options, Presets.shades_classic);
  let started = false;
  return {
    everyMs: ON_A_TERMINAL_EVERY_MS,
    show: (sample) => {
      const { discovered = 0, done = 0 } = sample.run ?? {};
      const details = [spacesText(sample), retryingText(retryingStep(sample.progress))]
        .filter((text) => text !== '')
        .join(' · ');
      const items = discovered === 0 || sample.run === undefined ? '' : `${itemsText(sample.run)} · `;
      const texts = { tenant: sample.tenant, items, phase: phaseText(sample), details: details && ` · ${details}` };
      const total = Math.max(discovered, 1); // an empty bar, not a full one, until something is known
      if (!started) single.start(total, done, texts);
      started = true;
      single.setTotal(total);
      single.update(done, texts);
    },
    end: () => single.stop(),
  };
}
