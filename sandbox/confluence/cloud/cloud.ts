import type { AccessTokens } from '../../access-tokens';
import type { Credentials } from '../../credentials';
import type { Signer } from '../../signer';
import type { ConfluenceContext } from '../context';
import type { ContentSearch } from '../content-search';

/** Everything that the handlers of an emulated Confluence Cloud share. */
export interface Cloud extends ConfluenceContext {
  readonly search: ContentSearch;
  readonly tokens: AccessTokens;
  readonly credentials: Credentials;
  /** Signs the URLs of the media host. */
  readonly signer: Signer;
}
