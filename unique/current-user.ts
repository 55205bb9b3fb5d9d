import { z } from 'zod';
import { UnauthorizedError } from '../http/errors';
import type { GraphqlEndpoint } from './graphql';

const USER = 'query User { me { user { id } } }';

const OPERATION = 'User';

const me = z.object({ me: z.object({ user: z.object({ id: z.string().min(1) }).nullish() }).nullish() });

/** The service user that the platform takes us for. */
export class CurrentUser {
  private known: string | undefined;

  /** @param graphql of scope management, which alone knows users */
  constructor(private readonly graphql: GraphqlEndpoint) {}

  /** Asked once: a credential never becomes another user's. @throws {UnauthorizedError} when it is nobody's */
  async id(signal: AbortSignal | undefined): Promise<string> {
    if (this.known !== undefined) return this.known;
    const call = { operation: OPERATION, document: USER, variables: {}, signal };
    const user = (await this.graphql.call(call, me)).me?.user;
    if (!user) {
      const what = 'Unique knows no user by this credential. Check the service user and `serviceExtraHeaders`';
      throw new UnauthorizedError(`${what} in the tenant file.`, this.graphql.exchangeOf(OPERATION));
    }
    return (this.known = user.id);
  }
}
