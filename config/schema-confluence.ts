import { z } from 'zod';
import { secret } from './schema-secret';
import { chooseFrom, integer, optional, text } from './values';
import { baseUrl } from './web-address';

/**
 * Gateway of Atlassian's public cloud.
 * @see https://developer.atlassian.com/cloud/confluence/oauth-2-3lo-apps/ (3LO names the same gateway)
 */
const PUBLIC_GATEWAY = 'https://api.atlassian.com';

/** `confluence:` of a tenant file; which keys belong to it depends on `instanceType` and `auth.mode`. */
export function confluenceSection(environment: NodeJS.ProcessEnv) {
  return z.discriminatedUnion('instanceType', [cloud(environment), dataCenter(environment)]);
}

function cloud(environment: NodeJS.ProcessEnv) {
  const site = z.strictObject({
    instanceType: z.literal('cloud'),
    cloudId: z
      .guid({ error: 'Write the UUID that {baseUrl}/_edge/tenant_info shows as cloudId.' })
      .meta({ description: "The site's UUID, shown by {baseUrl}/_edge/tenant_info." }),
    apiUrl: optional(baseUrl(), PUBLIC_GATEWAY).meta({
      description: 'Gateway for tokens and API calls; another one for government cloud and for tests.',
    }),
    auth: oauth(environment, 'Write oauth_2lo: Confluence Cloud is reached in no other way.'),
    ...shared(),
  });
  return site.refine(...labelsDiffer);
}

function dataCenter(environment: NodeJS.ProcessEnv) {
  const site = z.strictObject({
    instanceType: z.literal('data-center'),
    auth: z.discriminatedUnion('mode', [
      oauth(environment, chooseFrom(['oauth_2lo', 'pat', 'basic'])),
      z.strictObject({ mode: z.literal('pat'), token: secret(environment) }),
      z.strictObject({ mode: z.literal('basic'), username: secret(environment), password: secret(environment) }),
    ]),
    ...shared(),
  });
  return site.refine(...labelsDiffer);
}

function oauth(environment: NodeJS.ProcessEnv, remedy: string) {
  return z.strictObject({
    mode: z.literal('oauth_2lo', { error: remedy }),
    clientId: text(),
    clientSecret: secret(environment),
  });
}

function shared() {
  return {
    baseUrl: baseUrl().meta({ description: 'Where people open Confluence, without a slash at the end.' }),
    apiRateLimitPerMinute: integer(1).meta({ description: 'Requests a minute to Confluence, downloads included.' }),
    ingestSingleLabel: text().meta({ description: 'Label of pages that are synced alone, usually ai-ingest.' }),
    ingestAllLabel: text().meta({
      description: 'Label of pages that are synced with everything below them, usually ai-ingest-all.',
    }),
  };
}

interface Labels {
  readonly ingestSingleLabel: string;
  readonly ingestAllLabel: string;
}

// Confluence stores labels in lower case, so two that differ only by it are one. `when` lets this be judged also when
// another key of the section is wrong.
const labelsDiffer: [(section: Labels) => boolean, z.core.$ZodCustomParams] = [
  ({ ingestSingleLabel, ingestAllLabel }) => ingestSingleLabel.toLowerCase() !== ingestAllLabel.toLowerCase(),
  {
    path: ['ingestAllLabel'],
    error: 'Write another label than ingestSingleLabel: a page could not say which of the two is meant.',
    when: ({ value }) => labelsSchema.safeParse(value).success,
  },
];

const labelsSchema = z.object({ ingestSingleLabel: z.string().min(1), ingestAllLabel: z.string().min(1) });
