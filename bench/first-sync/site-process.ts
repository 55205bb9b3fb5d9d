import { generateSite, startSandbox } from '../../sandbox';

// A sandbox in a process of its own: its work and its memory must not count as the sync's.

const [directory = '.', spaces = '4', pagesPerSpace = '500', attachmentEvery = '5'] = process.argv.slice(2);

void (async () => {
  const site = generateSite({
    spaces: Number(spaces),
    pagesPerSpace: Number(pagesPerSpace),
    attachmentEvery: Number(attachmentEvery),
    bodyBytes: 4_000,
    attachmentBytes: 20_000,
    seed: 1,
  });
  const sandbox = await startSandbox({ flavor: 'data-center', tenant: 'bench', site, keepBytes: false });
  // The bare loop asks for no access; a sync would.
  sandbox.unique.grant(sandbox.unique.rootScopeId, 'MANAGE', 'READ', 'WRITE');
  await sandbox.writeTenantFile(directory, {
    confluence: { apiRateLimitPerMinute: 6_000_000 },
    unique: { apiRateLimitPerMinute: 6_000_000 },
    processing: { concurrency: 8 },
  });
  process.on('message', (ask: 'state' | 'stop') => {
    if (ask === 'stop') return void sandbox.close().then(() => process.exit(0));
    const finished = sandbox.unique.contents().filter(({ ingestionState }) => ingestionState === 'FINISHED').length;
    process.send?.({ finished, requests: sandbox.requests.totals() });
  });
  process.send?.({ ready: true });
})();
