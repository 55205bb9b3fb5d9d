import type { DeletionPreview } from '../../rules/deletion-preview';
import type { TenantReport } from '../../rules/report';
import { describeDuration } from './duration';
import { count, table } from './table';
import { failureLines } from './tenant-report-text';

const SPACES_SHOWN = 20;
const FAILURES_SHOWN = 20;

/** What `delete-tenant` would remove, and what it would leave alone. */
export function deletionPreviewText(preview: DeletionPreview): string {
  const { tenant, contents, scopes, otherScopes, spacesTotal, spaces, message } = preview;
  const rows = spaces.slice(0, SPACES_SHOWN).map(({ spaceKey, ...space }) => {
    const foreign = space.foreignContents + space.foreignScopes;
    const stays = foreign === 0 ? '' : `its scope stays: ${count(foreign)} contents or scopes in it are not ours`;
    return [spaceKey, `${count(space.contents)} contents`, stays];
  });
  const rest = spacesTotal > SPACES_SHOWN ? `  … ${count(spacesTotal - SPACES_SHOWN)} more spaces` : '';
  const canRemove = preview.root.state === 'owned' || preview.root.state === 'not visible';
  const parts = [
    message === undefined
      ? `Of ${tenant} would be removed: ${count(contents)} contents and ${count(scopes)} scopes. Nothing was removed.`
      : `${tenant}: ${message}.`,
    [rows.length === 0 ? '' : table(rows), rest].filter((line) => line !== '').join('\n'),
    otherScopes === 0 ? '' : `${count(otherScopes)} other scopes in its root scope are left alone.`,
    canRemove ? `Remove it with \`syncspace delete-tenant ${tenant} --yes\`. The root scope itself stays.` : '',
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

const HEADLINES: Readonly<Record<TenantReport['outcome'], string>> = {
  succeeded: 'is removed',
  partial: 'is removed in part',
  blocked: 'is not removed',
  skipped: 'has nothing to remove',
  cancelled: 'was being removed when that was cancelled',
  failed: 'could not be removed',
};

/** How the removal of a tenant ended, what stays and why. */
export function deletionReportText(report: TenantReport): string {
  const { tenant, outcome, message, totals, spacesTotal, spaces, failures } = report;
  const took = describeDuration(Date.parse(report.endedAt) - Date.parse(report.startedAt));
  const done = `${count(totals.deleted)} contents in ${count(spacesTotal)} spaces removed, ${count(totals.failed)} not`;
  const noted = spaces.filter((space) => space.message !== undefined);
  const parts = [
    `${tenant} ${HEADLINES[outcome]} (${took})${message === undefined ? '' : `: ${message}`}`,
    outcome === 'skipped' ? '' : done,
    table(noted.slice(0, SPACES_SHOWN).map((space) => [space.spaceKey, space.outcome, space.message ?? ''])),
    failures.slice(0, FAILURES_SHOWN).map(failureLines).join('\n'),
    outcome === 'partial' || outcome === 'failed'
      ? 'The mark of the root scope stays, so the removal can go on: ask for it once more, or leave it to the Schedule.'
      : '',
    `Run ${report.runId} of ${report.workflowId}`,
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}
