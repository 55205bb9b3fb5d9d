/** Which files make up the product, and which files of `dist/` are left over. */
import { readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** The folders of the product: those that the compiler knows, less what only develops it. */
export function productFolders(root) {
  const { include } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
  return include.filter((folder) => folder !== 'test' && folder !== 'scripts');
}

/**
 * Paths of the files in these folders, relative to the root, sorted, with `/`: TypeScript and whatever stands beside it
 * and is read when the product runs (schemas, sample pages); no tests, no Markdown, no hidden files.
 */
export function findSources(root, folders) {
  return folders
    .flatMap((folder) => filesBelow(join(root, folder)))
    .map((file) => relative(root, file).split(sep).join('/'))
    .filter((file) => !/\.(test|contract)\.ts$|\.md$|(^|\/)\./.test(file))
    .sort();
}

/** Removes every file of `dist/` that is not among the outputs, and folders that are empty after it. */
export function removeStale(dist, outputs) {
  const wanted = new Set(outputs.map((file) => join(dist, file)));
  for (const file of filesBelow(dist)) if (!wanted.has(file)) rmSync(file);
  removeEmptyFolders(dist);
}

function filesBelow(folder) {
  return entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

function removeEmptyFolders(folder) {
  for (const entry of entriesOf(folder)) if (entry.isDirectory()) removeEmptyFolders(join(folder, entry.name));
  if (entriesOf(folder).length === 0) rmdirSync(folder);
}

function entriesOf(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}
