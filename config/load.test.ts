import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError, UnknownTenantError } from './errors';
import { findTenant, loadTenants } from './load';
import { FIXTURE_ENVIRONMENT, cloudFile, dataCenterFile } from './tenant-file-fixture';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'load (tenants) [x]-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function write(name: string, content: string): string {
  const path = join(directory, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
}

function load(pattern?: string) {
  return loadTenants({ directory, environment: FIXTURE_ENVIRONMENT, ...(pattern !== undefined && { pattern }) });
}

const another = { confluence: { cloudId: '99223344-a1b2-4c3d-8e4f-556677889900' } };

describe('finding files', () => {
  it('B-201 takes the tenant from the name of the file, sorted, from the directory it is told', async () => {
    write('bravo-tenant-config.yaml', cloudFile());
    const file = write('acme-2-tenant-config.yaml', dataCenterFile());
    write('notes.yaml', 'no: tenant');
    const { tenants, problems } = await load();
    expect(tenants.map(({ tenant }) => tenant)).toEqual(['acme-2', 'bravo']);
    expect(tenants[0]?.file).toBe(file);
    expect(problems).toEqual([]);
  });

  it.each([
    ['TENANT_CONFIG_PATH_PATTERN', {}, { TENANT_CONFIG_PATH_PATTERN: 'conf/*.yaml' }],
    ['an explicit pattern, which wins', { pattern: 'conf/*.yaml' }, { TENANT_CONFIG_PATH_PATTERN: 'elsewhere/*' }],
  ])('B-200 follows %s', async (_, options, variables) => {
    write('conf/acme-tenant-config.yaml', cloudFile());
    const { tenants } = await loadTenants({
      directory,
      environment: { ...FIXTURE_ENVIRONMENT, ...variables },
      ...options,
    });
    expect(tenants).toHaveLength(1);
  });

  it('takes an absolute pattern, and the plain name of a file whatever characters are in it', async () => {
    const file = write('acme-tenant-config.yaml', cloudFile());
    const plain = mkdtempSync(join(tmpdir(), 'plain-'));
    writeFileSync(join(plain, 'acme-tenant-config.yaml'), cloudFile());
    expect((await load(file)).tenants).toHaveLength(1);
    expect((await load(join(plain, '*-tenant-config.yaml'))).tenants).toHaveLength(1);
    rmSync(plain, { recursive: true });
  });

  it('finds each file once in a mounted ConfigMap, which consists of links', async () => {
    write('..2026_11_24/acme-tenant-config.yaml', cloudFile());
    symlinkSync('..2026_11_24', join(directory, '..data'));
    symlinkSync(join('..data', 'acme-tenant-config.yaml'), join(directory, 'acme-tenant-config.yaml'));
    for (const pattern of ['*-tenant-config.yaml', '**/*-tenant-config.yaml']) {
      const { tenants, problems } = await load(pattern);
      expect([tenants.map(({ file }) => file), problems]).toEqual([[join(directory, 'acme-tenant-config.yaml')], []]);
    }
  });

  it('B-200 fails if nothing matches and says which variable to set', async () => {
    await expect(load()).rejects.toThrow(ConfigurationError);
    await expect(load()).rejects.toThrow(/matches no file .*\. Set TENANT_CONFIG_PATH_PATTERN, or --config,/);
  });

  it('fails on a directory and says which pattern was probably meant', async () => {
    write('conf/acme-tenant-config.yaml', cloudFile());
    await expect(load('conf')).rejects.toThrow(join(directory, 'conf', '*-tenant-config.yaml'));
  });

  it.each([
    'Acme-tenant-config.yaml',
    'a_b-tenant-config.yaml',
    'acme--tenant-config.yaml',
    'a--b-tenant-config.yaml',
    '-tenant-config.yaml',
    'tenant-config.yaml',
    'acme.yaml',
  ])('B-201 B-202 B-215 refuses the name %s and goes on with the others', async (name) => {
    const file = write(name, cloudFile());
    write('good-tenant-config.yaml', cloudFile());
    const { tenants, problems } = await load('*.yaml');
    expect(tenants.map(({ tenant }) => tenant)).toEqual(['good']);
    expect(problems).toEqual([expect.objectContaining({ file, message: 'has a name that gives no tenant' })]);
  });
});

describe('a bad file', () => {
  it('W-54 stops its own tenant alone', async () => {
    write('bad-tenant-config.yaml', cloudFile({ ingestion: { scopeId: '' } }));
    write('good-tenant-config.yaml', cloudFile(another));
    const { tenants, problems } = await load();
    expect(tenants.map(({ tenant }) => tenant)).toEqual(['good']);
    expect(problems.map(({ path }) => path)).toEqual(['ingestion.scopeId']);
  });

  // The superuser reads everything.
  (process.getuid?.() === 0 ? it.skip : it)(
    'that may not be read is a problem with the code of the system',
    async () => {
      chmodSync(write('bad-tenant-config.yaml', cloudFile()), 0);
      write('good-tenant-config.yaml', cloudFile());
      const { tenants, problems } = await load();
      expect(tenants.map(({ tenant }) => tenant)).toEqual(['good']);
      expect(problems).toEqual([expect.objectContaining({ message: 'cannot be read (EACCES)' })]);
    },
  );

  it('B-215 does not stop at the first of many problems, and names the file of each', async () => {
    write('one-tenant-config.yaml', 'status: [');
    write('two-tenant-config.yaml', cloudFile({ status: 'x', verify: { waitMinutes: 'y' } }));
    const { problems } = await load();
    const text = new ConfigurationError(problems).message;
    expect(text).toContain(join(directory, 'one-tenant-config.yaml'));
    expect(text).toContain('verify.waitMinutes is "y". Write a number of 0 or more.');
    expect(text).toContain('status is "x".');
  });
});

describe('tenants together', () => {
  it('of one site: the one that is served already stays, and the newcomer is refused', async () => {
    write('acme-tenant-config.yaml', cloudFile());
    const before = (await load()).tenants;
    const second = write('bravo-tenant-config.yaml', cloudFile());
    const { tenants, problems } = await loadTenants({ directory, environment: FIXTURE_ENVIRONMENT, before });
    expect(tenants.map(({ tenant }) => tenant)).toEqual(['acme']);
    expect(problems.map(({ file }) => file)).toEqual([second]);
  });

  it('B-202 of one name are refused, each naming the other file', async () => {
    const first = write('a/acme-tenant-config.yaml', cloudFile());
    const second = write('b/acme-tenant-config.yaml', cloudFile(another));
    const { tenants, problems } = await load('*/*.yaml');
    expect(tenants).toEqual([]);
    expect(problems.map(({ file, message }) => [file, message])).toEqual([
      [first, `is not the only file for the tenant acme: ${second}`],
      [second, `is not the only file for the tenant acme: ${first}`],
    ]);
  });

  it.each([
    [
      'cloud id',
      cloudFile(),
      cloudFile({
        confluence: { baseUrl: 'https://other.atlassian.net', cloudId: '11223344-A1B2-4C3D-8E4F-556677889900' },
      }),
    ],
    [
      'Data Center',
      dataCenterFile(),
      dataCenterFile({ confluence: { baseUrl: 'https://Intranet.example.com:443/confluence' } }),
    ],
  ])('B-204 that are active on one %s are refused, each naming the other file', async (_, one, two) => {
    const first = write('a-tenant-config.yaml', one);
    const second = write('b-tenant-config.yaml', two);
    write('c-tenant-config.yaml', cloudFile(another));
    const { tenants, problems } = await load();
    expect(tenants.map(({ tenant }) => tenant)).toEqual(['c']);
    expect(problems.map(({ file, message }) => [file, message])).toEqual([
      [first, `is the site of another active tenant too: ${second}`],
      [second, `is the site of another active tenant too: ${first}`],
    ]);
  });

  it.each(['inactive', 'deleted'])('B-204 on one site are fine if the other is %s', async (status) => {
    write('a-tenant-config.yaml', cloudFile());
    write('b-tenant-config.yaml', cloudFile({ status }));
    const { tenants, problems } = await load();
    expect([tenants.length, problems]).toEqual([2, []]);
  });

  it('on two context paths of one host are fine', async () => {
    write('a-tenant-config.yaml', dataCenterFile());
    write('b-tenant-config.yaml', dataCenterFile({ confluence: { baseUrl: 'https://intranet.example.com/wiki' } }));
    expect((await load()).tenants).toHaveLength(2);
  });

  it('B-203 that are all inactive are loaded, and that is a problem', async () => {
    write('a-tenant-config.yaml', cloudFile({ status: 'inactive' }));
    const { tenants, problems } = await load();
    expect(tenants).toHaveLength(1);
    expect(problems).toEqual([expect.objectContaining({ message: 'is inactive in every tenant file' })]);
  });

  it('B-203 that are all deleted are fine', async () => {
    write('a-tenant-config.yaml', cloudFile({ status: 'deleted' }));
    expect((await load()).problems).toEqual([]);
  });
});

describe('findTenant', () => {
  beforeEach(() => {
    write('acme-tenant-config.yaml', cloudFile());
    write('broken-tenant-config.yaml', cloudFile({ ...another, status: 'x' }));
    write('shattered-tenant-config.yaml', 'a: [');
  });

  it('finds a tenant', async () => {
    expect(findTenant(await load(), 'acme').confluence.cloudId).toBe('11223344-a1b2-4c3d-8e4f-556677889900');
  });

  it('throws the problems of that tenant and of no other', async () => {
    const loaded = await load();
    expect(() => findTenant(loaded, 'broken')).toThrow(ConfigurationError);
    expect(() => findTenant(loaded, 'broken')).toThrow(/status is "x"/);
    expect(() => findTenant(loaded, 'broken')).not.toThrow(/shattered/);
  });

  it.each([
    ['acmee', 'acme'],
    ['brokn', 'broken'],
    ['something-else', undefined],
  ])('knows no %s, but perhaps %s', async (name, nearest) => {
    const loaded = await load();
    try {
      findTenant(loaded, name);
      throw new Error('found');
    } catch (error) {
      expect(error).toBeInstanceOf(UnknownTenantError);
      expect((error as UnknownTenantError).nearest).toBe(nearest);
      expect((error as UnknownTenantError).message).toContain('Loaded tenants: acme.');
    }
  });
});

it('loads the examples of the documentation without a problem or a warning', async () => {
  const examples = join(__dirname, '..', 'docs', 'examples');
  const { tenants, problems, warnings } = await loadTenants({ directory: examples, environment: FIXTURE_ENVIRONMENT });
  expect(tenants.map(({ tenant, unique }) => [tenant, unique.auth.mode])).toEqual([
    ['cloud', 'external'],
    ['data-center', 'cluster_local'],
  ]);
  expect([problems, warnings]).toEqual([[], []]);
});
