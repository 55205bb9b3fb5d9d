import type { Failure, Step } from '../../rules/report';

const BY_STEP: Readonly<Partial<Record<Step, string>>> = {
  tokens: 'Check the credentials in the tenant file and that the account is not locked.',
  root: 'Check `ingestion.scopeId` and that the service user may manage that folder in Unique.',
  discover: 'Look whether Confluence answers and the account may view the space; the next sync lists it again.',
  attachments: 'Look whether the account may view the page; the next sync lists its attachments again.',
  scope: 'Check that the service user may create folders below the root scope in Unique.',
  verify: 'Unique could not process the content; open it there to see why. The next sync tries it once more.',
};

/** What a person may do about a failed item: one sentence. */
export function remedyFor({ step, httpStatus }: Pick<Failure, 'step' | 'httpStatus'>): string {
  if (httpStatus === 401) return 'Check the credentials in the tenant file; they were refused.';
  if (httpStatus === 403)
    return 'Give the account the permission for it (Confluence: view and download; Unique: write).';
  if (httpStatus === 404 && step === 'download') {
    return 'It is gone or hidden from the account; the next sync looks again.';
  }
  if (httpStatus === 413) return 'It is too large for the platform; lower `ingestion.attachments.maxFileSizeMb`.';
  if (httpStatus === 429)
    return 'The rate limit was hit; the next sync tries again. Lower `apiRateLimitPerMinute` if it stays.';
  if (httpStatus !== undefined && httpStatus >= 500) return 'The server had a fault; the next sync tries again.';
  return BY_STEP[step] ?? 'The next sync tries again; if it stays, look at the message and the log.';
}
