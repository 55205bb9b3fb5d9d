/** What the platform's state of a content comes to. */
export type Ingestion = 'finished' | 'failed' | 'pending';

/** `FINISHED` is the end, everything that begins with `FAILED` is, too; all others, also ones that come later, are on the way. */
export function ingestionOf(state: string | undefined): Ingestion {
  if (state === 'FINISHED') return 'finished';
  return state?.startsWith('FAILED') === true ? 'failed' : 'pending';
}
