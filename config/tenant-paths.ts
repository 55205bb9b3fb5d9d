import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { glob } from 'tinyglobby';
import { ConfigurationError } from './errors';
import type { ConfigProblem } from './errors';

const SUFFIX = '-tenant-config.yaml';

/** The tenant that a file is for, by its name alone, or `undefined` if the name breaks the rule. */
export function tenantOfFile(file: string): string | undefined {
  const name = basename(file);
  const tenant = name.slice(0, -SUFFIX.length);
  return name.endsWith(SUFFIX) && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(tenant) ? tenant : undefined;
}

/** Refuses a file whose name gives no tenant. */
export function fileNameProblem(file: string): ConfigProblem {
  return {
    file,
    path: '',
    message: 'has a name that gives no tenant',
    remedy: `Name it {tenant}${SUFFIX}, the tenant in lower-case letters, digits and single dashes between them.`,
  };
}

/**
 * Absolute paths of the files that a pattern finds, sorted. A pattern that is the name of an existing file finds it,
 * whatever special characters are in it.
 *
 * @param directory Where a relative pattern begins.
 * @throws {ConfigurationError} Nothing matches.
 */
export async function findTenantFiles(pattern: string, directory: string): Promise<readonly string[]> {
  const path = resolve(directory, pattern);
  const kind = await kindOf(path);
  if (kind === 'file') return [path];
  // Links are followed: a mounted ConfigMap consists of them.
  const found = await glob(pattern, { cwd: directory, absolute: true, onlyFiles: true, expandDirectories: false });
  if (found.length > 0) return found.sort();
  const wanted = kind === 'directory' ? `${path}/*${SUFFIX}` : `a pattern such as /etc/syncspace/*${SUFFIX}`;
  throw new ConfigurationError([
    {
      file: pattern,
      path: '',
      message: kind === 'directory' ? 'is a directory, not a pattern of files' : `matches no file (from ${directory})`,
      remedy: `Set TENANT_CONFIG_PATH_PATTERN, or --config, to ${wanted}.`,
    },
  ]);
}

async function kindOf(path: string): Promise<'file' | 'directory' | 'other'> {
  try {
    const found = await stat(path);
    return found.isFile() ? 'file' : found.isDirectory() ? 'directory' : 'other';
  } catch {
    // Most patterns name nothing that exists.
    return 'other';
  }
}
