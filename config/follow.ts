import { fingerprint } from './fingerprint';
import { type LoadedTenants, loadTenants } from './load';

/** Soon enough for somebody who waits for his edit. */
const LOOK_EVERY_MS = 2_000;

/** Whom {@link followTenants} tells. */
export interface Follower {
  /** The files say something else. When it throws, it is called again after the next look. */
  changed(loaded: LoadedTenants): Promise<void>;
  /** A look failed, or `changed` did; told once, until something else is wrong. */
  failed(error: unknown): void;
}

/**
 * Reads the tenant files, and the files with their secrets, again and again. Their content is compared, not their times:
 * a mounted ConfigMap swaps links, and a copy may keep its time.
 *
 * Two looks must agree, lest a file that is being written is taken for its content. When no file is found at all, it is
 * taken for a volume that is not mounted, and nothing changes.
 *
 * @param first what the follower knows already
 * @returns what ends it; a `changed` that runs is not awaited
 */
export function followTenants(pattern: string, first: LoadedTenants, follower: Follower): () => void {
  let told = '';
  let known = { loaded: first, print: fingerprint(first) };
  let seen = known.print;
  let timer: NodeJS.Timeout | undefined;
  let ended = false;

  async function look(): Promise<void> {
    const loaded = await loadTenants({ pattern, before: known.loaded.tenants });
    const print = fingerprint(loaded);
    if (print !== known.print && print === seen && !ended) {
      await follower.changed(loaded);
      known = { loaded, print };
    }
    seen = print;
  }

  const next = (): void => {
    timer = setTimeout(() => {
      look()
        .then(() => (told = ''))
        .catch((error: unknown) => {
          if (told !== String(error)) follower.failed(error);
          told = String(error);
        })
        .finally(() => ended || next());
    }, LOOK_EVERY_MS);
  };
  next();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}
