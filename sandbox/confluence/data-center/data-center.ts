import type { AccessTokens } from '../../access-tokens';
import type { Credentials } from '../../credentials';
import type { ConfluenceContext } from '../context';
import type { ContentSearch } from '../content-search';

/** Everything that the handlers of an emulated Confluence Data Center share. */
export interface DataCenter extends ConfluenceContext {
  readonly search: ContentSearch;
  readonly tokens: AccessTokens;
  readonly credentials: Credentials;
}

/** Whether the emulated server is at least of this version. */
export function isAtLeast({ switches }: DataCenter, major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = switches.dataCenterVersion.split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}
