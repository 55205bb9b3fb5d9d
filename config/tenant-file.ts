import { adviseOn } from './advice';
import type { ConfigProblem, ConfigWarning } from './errors';
import { toProblem, valueAt } from './issues';
import type { TenantFileSchema } from './schema';
import type { TenantConfig } from './tenant';
import { toTenantConfig } from './to-tenant';
import { toLeftoverWarning, toUnknownKeyProblem, unknownKeys } from './unknown-keys';
import { parseYamlMapping } from './yaml-mapping';

/** What became of one tenant file: a tenant, or the problems that stop it. */
export interface ReadTenantFile {
  readonly config?: TenantConfig;
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly ConfigWarning[];
}

/** A tenant file as it was found. */
export interface TenantFileSource {
  readonly tenant: string;
  readonly file: string;
  readonly content: string;
}

/**
 * Turns the text of a tenant file into a tenant. Every mistake becomes a problem, all of them at once; nothing throws.
 */
export function readTenantFile(source: TenantFileSource, schema: TenantFileSchema): ReadTenantFile {
  const { file, tenant } = source;
  const yaml = parseYamlMapping(source.content);
  if (!('mapping' in yaml)) return { problems: yaml.map((fault) => ({ file, ...fault })), warnings: [] };

  const { result, input, leftovers } = parseWithoutLeftovers(yaml.mapping, schema);
  const leftoverWarnings = leftovers.map((key) => toLeftoverWarning(file, key));
  if (!result.success) {
    const issues = result.error.issues;
    const described = issues.filter(({ code }) => code !== 'unrecognized_keys');
    const problems = [
      ...described.map((issue) => toProblem(issue, { file, input, isSecret })),
      ...unknownKeys(issues).map((key) => toUnknownKeyProblem(file, key)),
    ];
    return { problems, warnings: leftoverWarnings };
  }
  const warnings = [...leftoverWarnings, ...adviseOn(result.data).map((advice) => ({ file, ...advice }))];
  return { config: toTenantConfig(tenant, file, result.data), problems: [], warnings };
}

/** Parses; if keys of another mode are in the way, takes them out and parses again. */
function parseWithoutLeftovers(mapping: Readonly<Record<string, unknown>>, schema: TenantFileSchema) {
  const first = schema.safeParse(mapping);
  const leftovers = unknownKeys(first.error?.issues ?? []).filter(({ isLeftover }) => isLeftover);
  if (leftovers.length === 0) return { result: first, input: mapping, leftovers };

  const input = structuredClone(mapping);
  for (const { section, key } of leftovers) {
    const holder = valueAt(input, section);
    if (typeof holder === 'object' && holder !== null) Reflect.deleteProperty(holder, key);
  }
  return { result: schema.safeParse(input), input, leftovers };
}

/** Secrets, and the groups of which a part may be one. Headers count: people put tokens there. */
function isSecret(path: string): boolean {
  return /^(confluence\.auth\.(?!mode$|clientId$)|unique\.(serviceExtraHeaders|zitadelProjectId|zitadelClientSecret))/.test(
    path,
  );
}
