import type { PlanReport } from '../../rules/plan-report';
import { NO_ITEMS } from '../../rules/report';
import { planReportText } from './plan-report-text';

const PLAN: PlanReport = {
  tenant: 'acme',
  workflowId: 'plan/acme/1',
  runId: 'run-1',
  outcome: 'blocked',
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:00:02.000Z',
  totals: { ...NO_ITEMS, discovered: 90, new: 3, updated: 1, unchanged: 86, deleted: 1, held: 2 },
  blocked: { fingerprint: 'a11a', spaces: 2, deletions: 47 },
  estimate: { confluenceRequests: 12, uniqueRequests: 20, seconds: 95 },
  spacesTotal: 3,
  spaces: [
    {
      spaceKey: 'ENG',
      spaceId: '1',
      outcome: 'blocked',
      totals: NO_ITEMS,
      blocked: { fingerprint: '1f2e', reason: 'more than 30 %', deletions: 40, stored: 90 },
    },
    {
      spaceKey: 'OPS',
      spaceId: '2',
      outcome: 'succeeded',
      totals: NO_ITEMS,
      held: [{ why: 'index disagrees: it was found and is wanted', items: 2 }],
      changes: [
        { action: 'new', why: 'not in Unique yet', items: 3 },
        { action: 'updated', why: 'edited', items: 1 },
      ],
    },
  ],
  removalsTotal: 48,
  removals: [
    { spaceKey: 'ENG', itemKey: '5', evidence: 'it is trashed', isBlocked: true },
    { spaceKey: 'OPS', itemKey: '7', evidence: 'it is archived' },
  ],
  failures: [],
};

test('a dry run tells what, why, what waits for a person, and what it would take', () => {
  expect(planReportText(PLAN)).toBe(
    [
      'A sync of acme would do this',
      '',
      '  items      90  in 3 spaces',
      '  add         3',
      '  update      1',
      '  unchanged  86',
      '  move        0',
      '  remove      1  47 more would wait for a person',
      '  hold        2  not listed any more, and no evidence that they are gone',
      '',
      'Why',
      '  3  add: not in Unique yet',
      '  1  update: edited',
      '',
      'Removals (48)',
      '  ENG  5  it is trashed (blocked)',
      '  OPS  7  it is archived',
      '  … 46 more: see the JSON report',
      '',
      'Held, and why',
      '  OPS  2  index disagrees: it was found and is wanted',
      '',
      'Spaces in trouble (1)',
      '  ENG  blocked  40 of 90 contents would be removed: more than 30 % (fingerprint 1f2e)',
      '',
      "Look at what would go, then let one space's removals go with `syncspace approve acme SPACE FINGERPRINT`, or all 47 of 2 spaces with `syncspace approve --all acme a11a`.",
      '',
      'It would take about 1 min 35 s, 12 requests to Confluence and 20 to Unique.',
      '',
      'Nothing was written to Unique.',
    ].join('\n'),
  );
});
