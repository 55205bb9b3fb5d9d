import { tenantFileSchema } from '../config/schema';
import { readTenantFile } from '../config/tenant-file';
import { dataCenterFile, FIXTURE_ENVIRONMENT } from '../config/tenant-file-fixture';
import type { AttachmentRow } from '../confluence/client';
import { attachmentRows } from './manifest-rows';

test('B-041 an attachment has the time of its own version, else that of its page', () => {
  const source = { tenant: 'acme', file: 'acme-tenant-config.yaml', content: dataCenterFile() };
  const { config } = readTenantFile(source, tenantFileSchema(FIXTURE_ENVIRONMENT));
  if (config === undefined) throw new Error('the fixture is a valid tenant file');
  const space = { id: '7', key: 'ENG', name: 'Engineering', type: 'global' };
  const page = { id: '12', type: 'page', space, updatedAt: '2026-03-01T10:00:00.000Z' };
  const file: AttachmentRow = { id: '34', title: 'plan.pdf', mediaType: 'application/pdf', fileSize: 9, version: 1 };

  const rows = attachmentRows(page, [file, { ...file, id: '35', updatedAt: '2026-04-02T11:00:00.000Z' }], config);

  expect(rows.map(({ itemKey, updatedAtIso }) => [itemKey, updatedAtIso])).toEqual([
    ['12::34', '2026-03-01T10:00:00.000Z'],
    ['12::35', '2026-04-02T11:00:00.000Z'],
  ]);
});
