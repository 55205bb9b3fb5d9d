import { z } from 'zod';
import { secret } from './schema-secret';
import { integer, optional, text } from './values';
import { baseUrl, webAddress } from './web-address';

const REQUIRED_HEADERS = ['x-company-id', 'x-user-id'];

/** `unique:` of a tenant file; which keys belong to it depends on `serviceAuthMode`. */
export function uniqueSection(environment: NodeJS.ProcessEnv) {
  return z.discriminatedUnion('serviceAuthMode', [
    z.strictObject({
      serviceAuthMode: z.literal('cluster_local'),
      serviceExtraHeaders: extraHeaders(),
      ...shared(),
    }),
    z.strictObject({
      serviceAuthMode: z.literal('external'),
      zitadelOauthTokenUrl: webAddress(),
      zitadelProjectId: secret(environment),
      zitadelClientId: text(),
      zitadelClientSecret: secret(environment),
      ...shared(),
    }),
  ]);
}

function shared() {
  return {
    ingestionServiceBaseUrl: baseUrl().meta({ description: 'Ingestion service, without a slash at the end.' }),
    scopeManagementServiceBaseUrl: baseUrl().meta({
      description: 'Scope management service, without a slash at the end.',
    }),
    apiRateLimitPerMinute: optional(integer(1), 100).meta({
      description: 'GraphQL and file diff calls a minute; uploads do not count.',
    }),
    batchSize: optional(integer(1), 20).meta({
      description: 'Registrations in one request; 1 switches batching off.',
    }),
    ingestionConfig: z
      .record(z.string(), z.unknown())
      .nullish()
      .meta({ description: 'Without effect, here as in the connector that ships with Unique.' }),
  };
}

/** Headers by name in lower case. Numbers are refused: YAML would round an id of 18 digits without a word. */
function extraHeaders() {
  const value = z
    .string({ error: 'Write the value in quotes: a long number would be rounded otherwise.' })
    .trim()
    .regex(/^[\x20-\x7e\x80-\xff]+$/, { error: 'Write a value that a header can hold: not blank, in one line.' });
  const name = z.string().regex(/^[a-z0-9!#$%&'*+.^_`|~-]+$/i, { error: 'Write a name that a header can have.' });
  return z
    .record(name, value)
    .transform((headers) =>
      Object.fromEntries(Object.entries(headers).map(([header, held]) => [header.toLowerCase(), held])),
    )
    .superRefine((headers, context) => {
      for (const required of REQUIRED_HEADERS.filter((header) => headers[header] === undefined)) {
        context.addIssue({
          code: 'custom',
          path: [required],
          message: 'Write the id that the platform knows, in quotes.',
        });
      }
    })
    .meta({ description: 'Headers of every request; x-company-id and x-user-id name an existing service user.' });
}
