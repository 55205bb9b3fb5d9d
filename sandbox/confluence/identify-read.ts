import type { Identity, Incoming } from '../server/exchange';

/** A read that expands bodies is `confluence.body`, whatever path it takes: bodies are what is slow and heavy. */
export function identifyRead(route: string): (request: Incoming) => Identity {
  return ({ query }) => {
    const asksForBody = /(?:^|,)\s*body\b/.test(query.get('expand') ?? '') || query.has('body-format');
    return { route: asksForBody ? 'confluence.body' : route, keys: [] };
  };
}
