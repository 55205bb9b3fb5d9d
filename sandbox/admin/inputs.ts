import { z } from 'zod';
import type { FaultRule } from '../faults/rule';
import type { Switches } from '../switches';

/** A page to add over HTTP. */
export const newPage = z.strictObject({
  spaceKey: z.string(),
  title: z.string(),
  body: z.string().optional(),
  parentId: z.string().optional(),
  labels: z.array(z.string()).optional(),
  type: z.string().optional(),
});

/** A change of a page over HTTP; a title or a body makes a new version, labels alone do not. */
export const pageChange = z.strictObject({
  title: z.string().optional(),
  body: z.string().optional(),
  labels: z.array(z.string()).optional(),
});

/** Text between slashes is a regular expression. */
const pattern = z.string().transform((text) => {
  const expression = /^\/(.+)\/$/.exec(text)?.[1];
  return expression === undefined ? text : new RegExp(expression);
});

const trigger = {
  route: pattern,
  times: z.number().int().positive().optional(),
  after: z.number().int().nonnegative().optional(),
  probability: z.number().min(0).max(1).optional(),
};
const milliseconds = z.number().nonnegative();

const faultInput = z.discriminatedUnion('kind', [
  z.strictObject({
    ...trigger,
    kind: z.literal('status'),
    status: z.number().int().min(200).max(599),
    retryAfter: z.union([z.string(), z.number()]).optional(),
    body: z.unknown().optional(),
    contentType: z.string().optional(),
  }),
  z.strictObject({ ...trigger, kind: z.literal('drop') }),
  z.strictObject({ ...trigger, kind: z.literal('drop-after') }),
  z.strictObject({ ...trigger, kind: z.literal('html') }),
  z.strictObject({ ...trigger, kind: z.literal('slow'), ms: milliseconds }),
  z.strictObject({ ...trigger, kind: z.literal('slow-body'), bytesPerSecond: z.number().positive() }),
  z.strictObject({ ...trigger, kind: z.literal('cut-body') }),
  z.strictObject({ ...trigger, kind: z.literal('delay-apply'), ms: milliseconds }),
  z.strictObject({
    ...trigger,
    kind: z.literal('graphql-error'),
    message: z.string(),
    keys: pattern.optional(),
    code: z.string().optional(),
  }),
]);

/** A fault to add over HTTP. Absent keys stay absent, so the result is a rule as it is. */
export const newFault = faultInput.transform((rule) => rule as FaultRule);

const amount = z.number().nonnegative();

const switchValues: Readonly<Record<keyof Switches, z.ZodType>> = {
  indexLagMs: amount,
  shortPages: z.boolean(),
  emptyPageWithNext: z.boolean(),
  repeatRowsAcrossPages: z.boolean(),
  repeatCursor: z.boolean(),
  unknownTypeRow: z.boolean(),
  rowWithoutLabels: z.boolean(),
  labelTruncation: amount,
  bodyGatewayErrorAbove: amount,
  attachmentsGatewayErrorAbove: amount,
  bodyFailsFor: z.array(z.string()),
  containersWithoutVersion: z.boolean(),
  unspecificMediaType: z.boolean(),
  unstableOrder: z.boolean(),
  nextDropsExpand: z.boolean(),
  timezoneOffsetMinutes: z.number().int().min(-840).max(840),
  v1Removed: z.enum(['deprecated', 'gone']),
  nextLink: z.enum(['relative', 'with-context', 'absolute']),
  attachmentIdsWithoutPrefix: z.boolean(),
  suspended: z.boolean(),
  downloadLink: z.enum(['legacy', 'rest']),
  scopes: z.array(z.string()),
  expiredToken: z.enum(['application', 'gateway']),
  nearLimitHeaders: z.boolean(),
  mediaTokenLifetimeMs: amount,
  frontDoor: z.enum(['open', 'captcha', 'redirect', 'login-page']),
  manifestXml: z.boolean(),
  dcLimitCaps: z.boolean(),
  baseMismatch: z.boolean(),
  dataCenterVersion: z.string().regex(/^\d+\.\d+(\.\d+)?$/),
  bucketSize: amount,
  bucketRefusal: z.enum(['429', '403']),
  tokenLifetimeMs: amount,
  ingestionMs: amount,
  refuseBatchesAbove: amount,
  nullDataOnError: z.boolean(),
  diffReportsMoved: z.boolean(),
  writeUrlLifetimeMs: amount,
};

/** Switches to change over HTTP; those that are absent stay as they are. */
export const switchChange = z.strictObject(switchValues).partial();
