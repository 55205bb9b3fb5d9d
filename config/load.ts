import { readFile } from 'node:fs/promises';
import { nameConflicts, siteConflicts } from './conflicts';
import { processEnvironment, tenantConfigPattern } from './environment';
import { errorCode } from './error-code';
import { ConfigurationError, UnknownTenantError } from './errors';
import type { ConfigProblem, ConfigWarning } from './errors';
import { nearest } from './nearest';
import { tenantFileSchema } from './schema';
import type { TenantFileSchema } from './schema';
import type { TenantConfig } from './tenant';
import { readTenantFile } from './tenant-file';
import type { ReadTenantFile } from './tenant-file';
import { fileNameProblem, findTenantFiles, tenantOfFile } from './tenant-paths';

/** Where tenant files are looked for. */
export interface LoadTenantsOptions {
  /** @default TENANT_CONFIG_PATH_PATTERN of the environment, else `*-tenant-config.yaml` */
  readonly pattern?: string;
  /** Where `os.environ/NAME` is looked up. @default the environment of this process */
  readonly environment?: NodeJS.ProcessEnv;
  /** Where a relative pattern begins. @default the working directory */
  readonly directory?: string;
  /** Tenants that are served already: a newcomer on the site of one of them is refused alone. */
  readonly before?: readonly TenantConfig[];
}

/** All tenants that can be used, and everything that is wrong with the others. */
export interface LoadedTenants {
  /** Of every status, sorted by file. */
  readonly tenants: readonly TenantConfig[];
  /** A file with a problem stops its own tenant alone. */
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly ConfigWarning[];
}

/**
 * Reads all tenant files and checks each alone and all together. Nothing is cached: call it again when a file changed.
 *
 * @throws {ConfigurationError} The pattern finds no file at all.
 */
export async function loadTenants(options: LoadTenantsOptions = {}): Promise<LoadedTenants> {
  const environment = options.environment ?? processEnvironment();
  const pattern = options.pattern ?? tenantConfigPattern(environment);
  const files = await findTenantFiles(pattern, options.directory ?? process.cwd());

  const named = files.flatMap((file) => {
    const tenant = tenantOfFile(file);
    return tenant === undefined ? [] : [{ file, tenant }];
  });
  const schema = tenantFileSchema(environment);
  const read = await Promise.all(named.map(({ file, tenant }) => readFrom(file, tenant, schema)));
  const valid = read.flatMap(({ config }) => (config === undefined ? [] : [config]));
  const problems = [
    ...files.filter((file) => tenantOfFile(file) === undefined).map(fileNameProblem),
    ...nameConflicts(named),
    ...read.flatMap((outcome) => outcome.problems),
    ...siteConflicts(valid, options.before ?? []),
  ];
  const stopped = new Set(problems.map(({ file }) => file));
  const tenants = valid.filter(({ file }) => !stopped.has(file));
  return {
    tenants,
    problems: [...problems, ...nothingToDo(pattern, files, tenants)],
    warnings: read.flatMap((outcome) => outcome.warnings),
  };
}

/**
 * The tenant of this name, whatever its status.
 *
 * @throws {ConfigurationError} Its file is there, but has problems: these and no others.
 * @throws {UnknownTenantError} There is no file for it; names the tenant that was probably meant.
 */
export function findTenant(loaded: LoadedTenants, name: string): TenantConfig {
  const found = loaded.tenants.find(({ tenant }) => tenant === name);
  if (found !== undefined) return found;
  const problems = loaded.problems.filter(({ file }) => tenantOfFile(file) === name);
  if (problems.length > 0) throw new ConfigurationError(problems);
  const stopped = loaded.problems.flatMap(({ file }) => tenantOfFile(file) ?? []);
  const known = loaded.tenants.map(({ tenant }) => tenant);
  throw new UnknownTenantError(name, known, nearest(name, [...known, ...stopped]));
}

async function readFrom(file: string, tenant: string, schema: TenantFileSchema): Promise<ReadTenantFile> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    const remedy = 'Make it readable for this process.';
    return { problems: [{ file, path: '', message: `cannot be read (${errorCode(error)})`, remedy }], warnings: [] };
  }
  return readTenantFile({ file, tenant, content }, schema);
}

/** A deployment in which every tenant is inactive is one that somebody forgot to switch on. */
function nothingToDo(pattern: string, files: readonly string[], tenants: readonly TenantConfig[]): ConfigProblem[] {
  const allInactive = tenants.length === files.length && tenants.every(({ status }) => status === 'inactive');
  if (!allInactive) return [];
  const remedy = 'Set status: active in at least one of them, or stop this process.';
  return [{ file: pattern, path: 'status', message: 'is inactive in every tenant file', remedy }];
}
