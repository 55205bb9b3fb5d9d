import { GraphQLError } from 'graphql';

/** A GraphQL error as the platform's services give them: a code in `extensions`, the path is added by the execution. */
export function refusal(code: 'BAD_USER_INPUT' | 'FORBIDDEN' | 'NOT_FOUND', message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}
