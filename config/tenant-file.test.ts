import type { ConfigProblem, ConfigWarning } from './errors';
import { tenantFileSchema } from './schema';
import type { TenantConfig } from './tenant';
import { readTenantFile } from './tenant-file';
import { FIXTURE_ENVIRONMENT, cloudFile, dataCenterFile } from './tenant-file-fixture';

const schema = tenantFileSchema(FIXTURE_ENVIRONMENT);

function read(content: string) {
  return readTenantFile({ tenant: 'acme', file: '/etc/acme-tenant-config.yaml', content }, schema);
}

function configOf(content: string): TenantConfig {
  const { config, problems } = read(content);
  if (config === undefined) throw new Error(JSON.stringify(problems));
  return config;
}

function problemsOf(content: string): readonly string[] {
  return read(content).problems.map(({ path, message, remedy }: ConfigProblem) => `${path} ${message}. ${remedy}`);
}

function warningsOf(content: string): readonly string[] {
  return read(content).warnings.map(({ path, message }: ConfigWarning) => `${path} ${message}`);
}

describe('a file with nothing but the required keys', () => {
  it('B-203 B-208 B-210 B-211 has every default', () => {
    expect(configOf(cloudFile())).toMatchObject({
      tenant: 'acme',
      file: '/etc/acme-tenant-config.yaml',
      status: 'active',
      confluence: { apiUrl: 'https://api.atlassian.com' },
      unique: { apiRateLimitPerMinute: 100, batchSize: 20 },
      processing: { concurrency: 1, scanIntervalCron: '*/15 * * * *' },
      ingestion: {
        storeInternally: true,
        useV1KeyFormat: false,
        attachments: { enabled: true, imageOcr: true, maxFileSizeBytes: 209_715_200 },
        imageInlining: false,
      },
      deletion: { maxShare: 30, minItems: 5, graceMinutes: 60 },
      verify: { waitMinutes: 1, compareHours: 24, doubtMinutes: 10 },
      schedule: { enabled: true, timezone: 'UTC' },
    });
  });

  it('B-210 has no limit of items and no page configuration, and no warning', () => {
    const { processing, ingestion } = configOf(cloudFile());
    expect(Object.keys(processing)).not.toContain('maxItemsToScan');
    expect(Object.keys(ingestion)).not.toContain('pageIngestionConfig');
    expect(warningsOf(cloudFile())).toEqual([]);
    expect(warningsOf(dataCenterFile())).toEqual([]);
  });

  it('B-039 allows the nine default MIME types, octet-stream not among them', () => {
    const { allowedMimeTypes } = configOf(cloudFile()).ingestion.attachments;
    expect(allowedMimeTypes).toHaveLength(9);
    expect(allowedMimeTypes).not.toContain('application/octet-stream');
  });

  it('reaches Data Center at its base URL and needs no cloud id', () => {
    const { confluence } = configOf(dataCenterFile());
    expect(confluence.apiUrl).toBe('https://intranet.example.com/confluence');
    expect(Object.keys(confluence)).not.toContain('cloudId');
  });
});

describe('values', () => {
  it('B-208 may be numbers in quotes, also in the sections that the shipped connector does not know', () => {
    const config = configOf(
      cloudFile({
        confluence: { apiRateLimitPerMinute: '50' },
        processing: { concurrency: ' 8 ', maxItemsToScan: '10' },
        deletion: { maxShare: '12.5' },
        verify: { doubtMinutes: '0' },
      }),
    );
    expect(config.confluence.apiRateLimitPerMinute).toBe(50);
    expect(config.processing).toMatchObject({ concurrency: 8, maxItemsToScan: 10 });
    expect([config.deletion.maxShare, config.verify.doubtMinutes]).toEqual([12.5, 0]);
  });

  it('may be zero for every minutes value', () => {
    const zero = { deletion: { graceMinutes: 0 }, verify: { waitMinutes: 0, compareHours: 0, doubtMinutes: 0 } };
    expect(configOf(cloudFile(zero))).toMatchObject(zero);
  });

  it('B-210 have their defaults where a key or a section is left empty', () => {
    const text = `${cloudFile()}processing:\n  concurrency:\n  maxItemsToScan:\ndeletion:\nstatus:\n`;
    expect(configOf(text)).toMatchObject({
      status: 'active',
      processing: { concurrency: 1 },
      deletion: { minItems: 5 },
    });
    expect(Object.keys(configOf(cloudFile({ processing: { maxItemsToScan: '' } })).processing)).not.toContain(
      'maxItemsToScan',
    );
  });

  it('B-211 come out as switches, bytes, lower case and exact spellings', () => {
    const config = configOf(
      cloudFile({
        ingestion: {
          storeInternally: 'disabled',
          useV1KeyFormat: 'enabled',
          attachments: {
            mode: 'disabled',
            imageOcr: 'disabled',
            allowedMimeTypes: ['Application/PDF'],
            maxFileSizeMb: 1,
          },
        },
        schedule: { enabled: false, timezone: 'europe/berlin' },
      }),
    );
    expect(config.ingestion).toMatchObject({
      storeInternally: false,
      useV1KeyFormat: true,
      attachments: {
        enabled: false,
        imageOcr: false,
        allowedMimeTypes: ['application/pdf'],
        maxFileSizeBytes: 1_048_576,
      },
    });
    expect(config.schedule).toEqual({ enabled: false, timezone: 'Europe/Berlin' });
  });

  it('B-212 name headers in any case and get them in lower case', () => {
    const headers = {
      'x-company-id': undefined,
      'x-user-id': undefined,
      'X-Company-Id': '7',
      'X-User-ID': '8',
      'x-trace': 'on',
    };
    const { auth } = configOf(dataCenterFile({ unique: { serviceExtraHeaders: headers } })).unique;
    expect(auth).toEqual({
      mode: 'cluster_local',
      extraHeaders: { 'x-company-id': '7', 'x-user-id': '8', 'x-trace': 'on' },
    });
  });

  it('accept any text as a label, quotes included', () => {
    const label = 'a" OR type = "page';
    expect(configOf(cloudFile({ confluence: { ingestSingleLabel: label } })).confluence.ingestSingleLabel).toBe(label);
  });
});

describe('the page configuration', () => {
  const page = (extraction: unknown) => ({
    ingestion: { pageIngestionConfig: { chunk: { size: null }, htmlConfig: { imageContentExtraction: extraction } } },
  });

  it('is passed unchanged, empty keys included', () => {
    const changes = page({ enabled: true, languageModel: 'model', extra: [1, null] });
    expect(configOf(cloudFile(changes)).ingestion.pageIngestionConfig).toEqual(changes.ingestion.pageIngestionConfig);
  });

  it.each([
    [{ enabled: true, languageModel: 'model' }, true],
    [{ enabled: false, languageModel: 'model' }, false],
    [{ enabled: 'true' }, false],
    [{}, false],
    ['on', false],
  ])('with image extraction %j inlines images: %s', (extraction, inlines) => {
    expect(configOf(cloudFile(page(extraction))).ingestion.imageInlining).toBe(inlines);
  });

  it.each([[{ enabled: true }], [{ enabled: true, languageModel: ' ' }], [{ enabled: true, languageModel: 5 }]])(
    'is refused with image extraction %j, which lacks a model',
    (extraction) => {
      expect(problemsOf(cloudFile(page(extraction)))).toEqual([
        expect.stringContaining('ingestion.pageIngestionConfig.htmlConfig.imageContentExtraction.languageModel '),
      ]);
    },
  );
});

describe('ways to log in', () => {
  it.each([
    [{ mode: 'pat', token: 'os.environ/CONFLUENCE_PAT' }],
    [{ mode: 'basic', token: undefined, username: 'sync', password: 'os.environ/CONFLUENCE_PAT' }],
    [{ mode: 'oauth_2lo', token: undefined, clientId: 'c', clientSecret: 'os.environ/CONFLUENCE_PAT' }],
  ])('B-206 on Data Center: %j', (auth) => {
    expect(configOf(dataCenterFile({ confluence: { auth } })).confluence.auth.mode).toBe(auth.mode);
  });

  it('give the secret itself', () => {
    const { auth } = configOf(dataCenterFile()).confluence;
    expect(auth.mode === 'pat' && auth.token.reveal()).toBe('pat-value');
  });

  it('B-206 on Data Center are three', () => {
    const auth = { mode: 'kerberos', token: undefined };
    expect(problemsOf(dataCenterFile({ confluence: { auth } }))).toContainEqual(
      expect.stringMatching(/^confluence\.auth\.mode is "kerberos"\. Write .*oauth_2lo.*pat.*basic/),
    );
  });

  it('B-206 on Cloud are one', () => {
    const changes = { confluence: { auth: { mode: 'pat', clientId: undefined, clientSecret: undefined, token: 'x' } } };
    expect(problemsOf(cloudFile(changes))).toContainEqual(
      'confluence.auth.mode is "pat". Write oauth_2lo: Confluence Cloud is reached in no other way.',
    );
  });
});

describe('keys', () => {
  it.each<[Record<string, unknown>, string]>([
    [{ statsu: 'active' }, 'statsu is not a key that a tenant file knows here. Did you mean status?'],
    [
      { confluence: { baseURL: 'https://x' } },
      'confluence.baseURL is not a key that a tenant file knows here. Did you mean baseUrl?',
    ],
    [{ confluence: { auth: { clientSecrt: 'hunter2' } } }, 'Did you mean clientSecret?'],
    [{ confluence: { 'auth:hunter2 x': 1 } }, 'confluence.(a key of 14 characters) is not a key'],
    [{ processing: { maxItemToScan: null } }, 'Did you mean maxItemsToScan?'],
    [{ ingestion: { concurrency: 4 } }, 'Did you mean processing.concurrency? Move it there.'],
    [{ processing: { status: 'active' } }, 'Did you mean status? Move it there.'],
    [{ schedule: { color: 'blue' } }, 'Take it away, or write one of enabled, timezone.'],
    [{ ingestion: { attachments: { maxFileSize: 5 } } }, 'Did you mean maxFileSizeMb?'],
  ])('that nobody knows are refused: %j', (changes, problem) => {
    const problems = problemsOf(cloudFile(changes));
    expect(problems).toEqual([expect.stringContaining(problem)]);
    expect(problems.join()).not.toContain('hunter2');
  });

  it('of another mode are left over from a change: ignored, with a warning', () => {
    const leftover = {
      confluence: { cloudId: 'any', auth: { clientSecret: 'os.environ/GONE' } },
      unique: { zitadelClientId: 'x' },
    };
    expect(configOf(dataCenterFile(leftover))).toEqual(configOf(dataCenterFile()));
    expect(warningsOf(dataCenterFile(leftover)).map((warning) => warning.split(' ')[0])).toEqual([
      'confluence.auth.clientSecret',
      'confluence.cloudId',
      'unique.zitadelClientId',
    ]);
  });
});

describe('warnings', () => {
  it.each<[string, Record<string, unknown>, string]>([
    [
      'a literal secret',
      { confluence: { auth: { clientSecret: 'hunter2' } } },
      'confluence.auth.clientSecret stands in the file itself',
    ],
    [
      'a literal project id',
      { unique: { zitadelProjectId: 'hunter2' } },
      'unique.zitadelProjectId stands in the file itself',
    ],
    ['plain http', { confluence: { baseUrl: 'http://confluence.example.com' } }, 'confluence.baseUrl is plain http'],
    [
      'plain http for tokens',
      { unique: { zitadelOauthTokenUrl: 'http://id.example.com/t' } },
      'unique.zitadelOauthTokenUrl is plain http',
    ],
    [
      '/wiki behind the site',
      { confluence: { baseUrl: 'https://acme.atlassian.net/wiki' } },
      'confluence.baseUrl ends in /wiki',
    ],
    [
      'W-55 an option that does nothing',
      { unique: { ingestionConfig: { a: 1 } } },
      'unique.ingestionConfig has no effect',
    ],
    [
      'six cron fields',
      { processing: { scanIntervalCron: '0 0 * * * *' } },
      'processing.scanIntervalCron has six fields',
    ],
  ])('are given for %s, and the tenant is loaded', (_, changes, warning) => {
    expect(configOf(cloudFile(changes)).tenant).toBe('acme');
    expect(warningsOf(cloudFile(changes))).toEqual([expect.stringContaining(warning)]);
    expect(warningsOf(cloudFile(changes)).join()).not.toContain('hunter2');
  });

  it('are not given for plain http to this machine or inside the cluster', () => {
    const urls = {
      confluence: { baseUrl: 'http://127.0.0.1:8090/c' },
      unique: { ingestionServiceBaseUrl: 'http://ingestion.unique.svc:80' },
    };
    expect(warningsOf(dataCenterFile(urls))).toEqual([]);
  });
});
