import { NO_ITEMS, type TenantReport } from '../../rules/report';
import { report } from '../../test/cli/with-temporal';
import { describeDuration } from './duration';
import { tenantReportText } from './tenant-report-text';

const text = (changes: Partial<TenantReport>) => tenantReportText(report(changes));

test('a sync that succeeded shows what moved, the requests and the time', () => {
  const shown = text({
    totals: { ...NO_ITEMS, discovered: 2482, new: 2480, unchanged: 2, held: 3 },
    verification: { finished: 2400, pending: 80, failed: 0 },
    requests: { confluence: 92, unique: 260, downloads: 496, uploads: 2480 },
    spacesTotal: 4,
  });
  expect(shown).toBe(
    [
      'acme succeeded in 1 min 05 s',
      '',
      '  items      2,482  in 4 spaces',
      '  new        2,480  in Unique: 2,400 finished, 80 pending, 0 failed',
      '  updated        0',
      '  unchanged      2  requests: Confluence 92 and 496 downloads, Unique 260 and 2,480 uploads',
      '  moved          0',
      '  deleted        0  3 more held until there is evidence',
      '  skipped        0',
      '  failed         0',
      '',
      'Run run-1 of sync/acme',
    ].join('\n'),
  );
});

test('W-42 waiting, 429 and 5xx are shown apart, by side, where there are any', () => {
  const none = { waits: 0, waitedMs: 0, rateLimited: 0, serverErrors: 0 };
  const confluence = { waits: 1200, waitedMs: 65_000, rateLimited: 3, serverErrors: 0 };
  expect(text({ limits: { confluence, unique: { ...none, serverErrors: 2 } } })).toContain(
    '  moved      0  held up: Confluence 1,200 waits of 1 min 05 s in all, 3 × 429; Unique 2 × 5xx\n',
  );
  expect(text({ limits: { confluence: none, unique: none } })).not.toContain('held up');
  expect(text({})).not.toContain('held up');
});

test('spaces in trouble and failures are shown with what to do about them', () => {
  const blocked = { fingerprint: '1f2e', reason: 'more than 30 % of the space', deletions: 40, stored: 90 };
  const space = { spaceId: '1', totals: NO_ITEMS };
  const shown = text({
    outcome: 'partial',
    spaces: [
      { ...space, spaceKey: 'ENG', outcome: 'blocked', blocked },
      { ...space, spaceKey: 'OPS', outcome: 'partial', totals: { ...NO_ITEMS, discovered: 9, failed: 1 } },
      { ...space, spaceKey: 'FINE', outcome: 'succeeded' },
    ],
    failures: [{ spaceKey: 'OPS', itemKey: '1::att2', step: 'download', httpStatus: 403, message: 'refused' }],
  });
  expect(shown).toContain('acme partly succeeded');
  expect(shown).toContain(
    'ENG  blocked  40 of 90 contents would be removed: more than 30 % of the space (fingerprint 1f2e)',
  );
  expect(shown).toContain('OPS  partial  1 of 9 items failed');
  expect(shown).not.toContain('FINE');
  expect(shown).toMatch(/OPS 1::att2 {2}download, HTTP 403: refused\n +→ Give the account the permission/);
});

test('long lists are cut and say where the rest is', () => {
  const failures = Array.from({ length: 30 }, (_, index) => ({
    spaceKey: 'ENG',
    itemKey: String(index),
    step: 'upload' as const,
    message: 'x',
  }));
  expect(text({ failures })).toContain('… 10 more: see syncspace status acme --failures');
});

test.each([
  [420, '0.4 s'],
  [12_400, '12 s'],
  [185_000, '3 min 05 s'],
  [7_380_000, '2 h 03 min'],
])('%i ms are told as %s', (ms, told) => {
  expect(describeDuration(ms)).toBe(told);
});
