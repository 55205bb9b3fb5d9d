import { z } from 'zod';
import type { GraphqlEndpoint } from './graphql';

const USER = 'query User { me { user { id } } }';

const me = z.object({ me: z.object({ user: z.object({ id: z.string().min(1) }) }) });

/** The service user that the platform takes us for. */
export class CurrentUser {
  private known: string | undefined;

  /** @param graphql of scope management, which alone knows users */
  constructor(private readonly graphql: GraphqlEndpoint) {}

  /** Asked once: a credential never becomes another user's. */
  async id(signal: AbortSignal | undefined): Promise<string> {
    if (this.known !== undefined) return this.known;
    const call = { operation: 'User', document: USER, variables: {}, signal };
    this.known = (await this.graphql.call(call, me)).me.user.id;
    return this.known;
  }
}
