import { tenantFileSchema } from './schema';
import { readTenantFile } from './tenant-file';
import { FIXTURE_ENVIRONMENT, cloudFile, dataCenterFile } from './tenant-file-fixture';

const schema = tenantFileSchema(FIXTURE_ENVIRONMENT);

function problemsOf(content: string): readonly string[] {
  const { problems } = readTenantFile({ tenant: 'acme', file: '/etc/acme-tenant-config.yaml', content }, schema);
  return problems.map(({ path, message, remedy }) => `${path} ${message}. ${remedy}`);
}

describe('mistakes', () => {
  it.each<[string, Record<string, unknown>, string]>([
    [
      'B-203 a status that does not exist',
      { status: 'paused' },
      'status is "paused". Write active, inactive or deleted.',
    ],
    [
      'no instance type',
      { confluence: { instanceType: undefined } },
      'confluence.instanceType is missing. Write cloud or data-center.',
    ],
    [
      'an unknown instance type',
      { confluence: { instanceType: 'server' } },
      'confluence.instanceType is "server". Write cloud or data-center.',
    ],
    ['B-206 no cloud id', { confluence: { cloudId: undefined } }, 'confluence.cloudId is missing.'],
    [
      'B-206 a cloud id that is none',
      { confluence: { cloudId: 'acme' } },
      'confluence.cloudId is "acme". Write the UUID',
    ],
    [
      'B-205 a slash behind the base URL',
      { confluence: { baseUrl: 'https://a.example.com/' } },
      'confluence.baseUrl is "https://a.example.com/". Take the slash',
    ],
    ['a slash behind the gateway', { confluence: { apiUrl: 'https://a.example.com/' } }, 'confluence.apiUrl is'],
    [
      'B-208 no rate limit',
      { confluence: { apiRateLimitPerMinute: undefined } },
      'confluence.apiRateLimitPerMinute is missing. Write a whole number of 1 or more.',
    ],
    ['a rate limit of zero', { confluence: { apiRateLimitPerMinute: 0 } }, 'confluence.apiRateLimitPerMinute is 0.'],
    [
      'a rate limit in words',
      { confluence: { apiRateLimitPerMinute: 'ten' } },
      'confluence.apiRateLimitPerMinute is "ten".',
    ],
    [
      'a hexadecimal rate limit',
      { confluence: { apiRateLimitPerMinute: '0x10' } },
      'confluence.apiRateLimitPerMinute is "0x10".',
    ],
    ['B-209 no label', { confluence: { ingestAllLabel: undefined } }, 'confluence.ingestAllLabel is missing.'],
    ['B-209 W-52 an empty label', { confluence: { ingestSingleLabel: '' } }, 'confluence.ingestSingleLabel is blank.'],
    ['a blank label', { confluence: { ingestAllLabel: '  ' } }, 'confluence.ingestAllLabel is blank.'],
    [
      'a label that is a number',
      { confluence: { ingestAllLabel: 2024 } },
      'confluence.ingestAllLabel is 2024. Write a text that is not blank; in quotes',
    ],
    [
      'one label for both',
      { confluence: { ingestAllLabel: 'AI-ingest' } },
      'confluence.ingestAllLabel is "AI-ingest". Write another label',
    ],
    [
      'a client id by reference',
      { confluence: { auth: { clientId: 'os.environ/ID' } } },
      'confluence.auth.clientId is "os.environ/ID". Write the value itself',
    ],
    [
      'an unknown way into Unique',
      { unique: { serviceAuthMode: 'direct' } },
      'unique.serviceAuthMode is "direct". Write cluster_local or external.',
    ],
    ['B-212 no project', { unique: { zitadelProjectId: undefined } }, 'unique.zitadelProjectId is missing.'],
    ['B-212 no client', { unique: { zitadelClientId: undefined } }, 'unique.zitadelClientId is missing.'],
    ['B-212 no secret', { unique: { zitadelClientSecret: undefined } }, 'unique.zitadelClientSecret is missing.'],
    ['B-212 no token URL', { unique: { zitadelOauthTokenUrl: undefined } }, 'unique.zitadelOauthTokenUrl is missing.'],
    [
      'B-205 a slash behind the ingestion service',
      { unique: { ingestionServiceBaseUrl: 'https://u/' } },
      'unique.ingestionServiceBaseUrl is',
    ],
    [
      'B-205 a slash behind the scope management',
      { unique: { scopeManagementServiceBaseUrl: 'https://u/' } },
      'unique.scopeManagementServiceBaseUrl is',
    ],
    [
      'B-205 an address that is none',
      { confluence: { baseUrl: 'acme.atlassian.net' } },
      'confluence.baseUrl is "acme.atlassian.net".',
    ],
    ['a batch of zero', { unique: { batchSize: 0 } }, 'unique.batchSize is 0.'],
    ['B-210 no transfer at all', { processing: { concurrency: 0 } }, 'processing.concurrency is 0.'],
    ['B-210 a fraction of a transfer', { processing: { concurrency: 1.5 } }, 'processing.concurrency is 1.5.'],
    [
      'W-53 a bad cron',
      { processing: { scanIntervalCron: '99 * * * *' } },
      'processing.scanIntervalCron is a text of 10 characters. Write 0 to 59',
    ],
    ['B-210 a negative limit', { processing: { maxItemsToScan: -1 } }, 'processing.maxItemsToScan is -1.'],
    ['B-211 no scope', { ingestion: { scopeId: undefined } }, 'ingestion.scopeId is missing.'],
    [
      'B-211 another mode than flat',
      { ingestion: { ingestionMode: 'tree' } },
      'ingestion.ingestionMode is "tree". Write flat.',
    ],
    [
      'true for a switch',
      { ingestion: { storeInternally: true } },
      'ingestion.storeInternally is true. Write enabled or disabled.',
    ],
    [
      'a MIME wildcard',
      { ingestion: { attachments: { allowedMimeTypes: ['image/*'] } } },
      'ingestion.attachments.allowedMimeTypes[0] is "image/*".',
    ],
    [
      'a MIME list that is none',
      { ingestion: { attachments: { allowedMimeTypes: 'text/csv' } } },
      'ingestion.attachments.allowedMimeTypes has an unusable value (not shown). Write a list',
    ],
    [
      'B-211 no bytes at all',
      { ingestion: { attachments: { maxFileSizeMb: 0 } } },
      'ingestion.attachments.maxFileSizeMb is 0.',
    ],
    [
      'more than everything',
      { deletion: { maxShare: 101 } },
      'deletion.maxShare is 101. Write a number from 0 to 100.',
    ],
    [
      'time that runs backwards',
      { verify: { doubtMinutes: -1 } },
      'verify.doubtMinutes is -1. Write a number of 0 or more.',
    ],
    ['not a number', { verify: { waitMinutes: Number.NaN } }, 'verify.waitMinutes is NaN.'],
    [
      'a zone on no map',
      { schedule: { timezone: 'Mars/Olympus' } },
      'schedule.timezone is "Mars/Olympus". Write a time zone',
    ],
    [
      'a switch in quotes',
      { schedule: { enabled: 'true' } },
      'schedule.enabled is "true". Write true or false, without quotes.',
    ],
    [
      'a section that is a text',
      { processing: 'fast' },
      'processing has an unusable value (not shown). Write keys below it',
    ],
    ['a section that is a list', { confluence: [] }, 'confluence is a list. Write keys below it'],
  ])('%s', (_, changes, problem) => {
    expect(problemsOf(cloudFile(changes))).toEqual([expect.stringContaining(problem)]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['B-212 no headers', { serviceExtraHeaders: undefined }, 'unique.serviceExtraHeaders is missing.'],
    [
      'B-212 one header too few',
      { serviceExtraHeaders: { 'x-user-id': undefined } },
      'unique.serviceExtraHeaders.x-user-id is missing.',
    ],
    [
      'an id that YAML would round',
      { serviceExtraHeaders: { 'x-user-id': 225319369280852798n } },
      'unique.serviceExtraHeaders.x-user-id is a number (not shown). Write the value in quotes',
    ],
    [
      'a header of two lines',
      { serviceExtraHeaders: { 'x-user-id': 'a\nb' } },
      'unique.serviceExtraHeaders.x-user-id has an unusable value (not shown).',
    ],
    [
      'a header without a proper name',
      { serviceExtraHeaders: { 'x user': 'a' } },
      'unique.serviceExtraHeaders.(a key of 6 characters) has an unusable value (not shown). Write a name',
    ],
  ])('inside the cluster: %s', (_, unique, problem) => {
    expect(problemsOf(dataCenterFile({ unique }))).toContainEqual(expect.stringContaining(problem));
  });

  it('are told all at once, of every section', () => {
    const problems = problemsOf(
      cloudFile({
        status: 'on',
        confluence: { cloudId: 'x', ingestAllLabel: 'ai-ingest', auth: { clientSecret: 'os.environ/NOT_SET' } },
        unique: { zitadelClientSecret: 'file:/nowhere', batchSize: 'all' },
        processing: { scanIntervalCron: '@daily', concurency: 2 },
        schedule: { timezone: 'Moon' },
      }),
    );
    expect(problems.map((problem) => problem.split(' ')[0]).sort()).toEqual([
      'confluence.auth.clientSecret',
      'confluence.cloudId',
      'confluence.ingestAllLabel',
      'processing.concurency',
      'processing.scanIntervalCron',
      'schedule.timezone',
      'status',
      'unique.batchSize',
      'unique.zitadelClientSecret',
    ]);
  });

  it('B-207 in secrets name the variable or the file, and say what to do', () => {
    const missing = { confluence: { auth: { clientSecret: 'os.environ/NOT_SET' } } };
    expect(problemsOf(cloudFile(missing))).toEqual([
      'confluence.auth.clientSecret refers to the environment variable NOT_SET, which is not set. ' +
        'Set NOT_SET for the process that reads this file, or correct the name.',
    ]);
    expect(problemsOf(cloudFile({ unique: { zitadelProjectId: 'file:/nowhere/id' } }))).toEqual([
      expect.stringContaining('unique.zitadelProjectId refers to the file /nowhere/id, which cannot be read (ENOENT).'),
    ]);
    expect(problemsOf(cloudFile({ confluence: { auth: { clientSecret: 12345678 } } }))).toEqual([
      expect.stringContaining('confluence.auth.clientSecret is a number (not shown).'),
    ]);
    expect(problemsOf(cloudFile({ confluence: { auth: 'hunter2' } }))).toEqual([
      expect.stringContaining('confluence.auth has an unusable value (not shown).'),
    ]);
  });

  it('do not repeat lines that wrong indentation joins to a value', () => {
    const joined = dataCenterFile().replace(/mode: pat\n\s+token: .*/, 'mode: pat\n        token hunter2');
    expect(problemsOf(joined).join()).toContain('confluence.auth.mode is a text of');
    expect(problemsOf(joined).join()).not.toContain('hunter2');
  });

  it('B-202 in YAML name the line', () => {
    expect(problemsOf('status: active\nconfluence: [\n')).toContainEqual(
      expect.stringMatching(/^line \d is not valid YAML/),
    );
  });
});
