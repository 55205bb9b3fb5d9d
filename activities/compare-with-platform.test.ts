import type { TenantConfig } from '../config/tenant';
import type { DiffFile, FileDiffRequest } from '../unique/file-diff';
import { compareWithPlatform } from './compare-with-platform';
import type { TenantContext } from './context';
import { attachmentRows } from './manifest-rows';

const PAGE_TIME = '2026-02-01T00:00:00.000Z';
const OWN_TIME = '2026-03-01T00:00:00.000Z';
const PAGE = {
  id: '7',
  type: 'page',
  space: { id: '1', key: 'ENG', name: 'Engineering', type: 'global' },
  updatedAt: PAGE_TIME,
} as const;
const CONFIG = {
  confluence: { instanceType: 'cloud', baseUrl: 'https://acme.atlassian.net' },
  ingestion: { attachments: { enabled: true, allowedMimeTypes: ['text/plain'], maxFileSizeBytes: 1_000 } },
  verify: { doubtMinutes: 10 },
} as unknown as TenantConfig;

test('B-081 an attachment without a time of its own has its page’s, in the file diff, too', async () => {
  const file = { title: 'a.txt', mediaType: 'text/plain', fileSize: 3, version: 1 };
  const rows = attachmentRows(
    PAGE,
    [
      { ...file, id: 'att1' },
      { ...file, id: 'att2', updatedAt: OWN_TIME },
    ],
    CONFIG,
  );
  expect(rows.map(({ updatedAtIso }) => updatedAtIso)).toEqual([PAGE_TIME, OWN_TIME]);

  const sent: DiffFile[] = [];
  const unique = {
    fileDiff: async ({ files }: FileDiffRequest) => {
      for await (const one of files()) sent.push(one);
      return { newFiles: [], updatedFiles: [], movedFiles: [], deletedFiles: [] };
    },
  };
  const nothing = () => Promise.resolve();
  const plan = { markUpdated: nothing, markNew: nothing, keepCandidates: nothing };
  const store = { manifest: { files: () => rows }, plan };
  const context = { config: CONFIG, unique, store } as unknown as TenantContext;
  const key = { tenant: 'acme', run: 'r1', spaceKey: 'ENG' };
  const ledger = { isNewLedger: false, dryRun: false };
  await compareWithPlatform(context, key, 'acme/1_ENG', ledger, new AbortController().signal);
  expect(sent.map((one) => [one.key, one.updatedAt])).toEqual([
    ['7::att1', PAGE_TIME],
    ['7::att2', OWN_TIME],
  ]);
});
