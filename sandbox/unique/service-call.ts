import type { GraphQLError } from 'graphql';
import type { UniquePlatform } from './platform';

/** What every operation of the emulated services is given. */
export interface ServiceCall {
  readonly platform: UniquePlatform;
  /** Origin under which the platform is reached, for the URLs that it gives out. */
  readonly origin: string;
  /** Where write URLs point: from outside they can be used as they are, inside the cluster they name an internal host. */
  readonly storageOrigin: string;
  /** A fault on demand: the error with which the field of this content key, or one without a key, fails. */
  readonly injected?: (key: string | undefined) => GraphQLError | undefined;
}
