import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tenantFileSchema } from '../config/schema';
import { readTenantFile } from '../config/tenant-file';
import { cloudFile, FIXTURE_ENVIRONMENT } from '../config/tenant-file-fixture';
import { discover } from '../store/contract/rows.contract';
import { openStore } from '../store/open';
import { withClient } from '../unique/test-service';
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
const KEY = { tenant: 'acme', run: 'r1', spaceKey: 'ENG' };

test('B-081 an attachment without a time of its own has its page’s, in the file diff, too', async () => {
  const source = { tenant: 'acme', file: 'acme-tenant-config.yaml', content: cloudFile() };
  const { config } = readTenantFile(source, tenantFileSchema(FIXTURE_ENVIRONMENT));
  if (config === undefined) throw new Error('the fixture is a valid tenant file');
  const file = { title: 'a.txt', mediaType: 'text/plain', fileSize: 3, version: 1 };
  const files = [
    { ...file, id: 'att1' },
    { ...file, id: 'att2', updatedAt: OWN_TIME },
  ];
  const home = await mkdtemp(join(tmpdir(), 'syncspace-compare-'));
  const store = await openStore({ home });
  try {
    await discover(store, KEY, attachmentRows(PAGE, files, config));
    await withClient(
      () => ({ json: { newFiles: [], updatedFiles: [], movedFiles: [], deletedFiles: [] } }),
      async (unique, { received }) => {
        const context = { config, unique, store } as unknown as TenantContext;
        const ledger = { isNewLedger: false, dryRun: false };
        await compareWithPlatform(context, KEY, 'acme/1_ENG', ledger, new AbortController().signal);
        expect(received.map(({ json }) => json['fileList'])).toEqual([
          [
            expect.objectContaining({ key: '7::att1', updatedAt: PAGE_TIME }),
            expect.objectContaining({ key: '7::att2', updatedAt: OWN_TIME }),
          ],
        ]);
      },
    );
  } finally {
    await store.close();
    await rm(home, { recursive: true, force: true });
  }
});
