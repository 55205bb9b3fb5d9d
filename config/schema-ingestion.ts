import { z } from 'zod';
import { integer, onOff, oneOf, optional, text } from './values';

/** What is ingested from attachments unless the file says otherwise; the shipped connector's list. */
const DEFAULT_MIME_TYPES = [
  'application/pdf',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  'text/plain',
  'text/csv',
  'text/html',
  'image/png',
  'image/jpeg',
];

/** `ingestion:` of a tenant file. */
export function ingestionSection() {
  return z.strictObject({
    ingestionMode: optional(oneOf(['flat']), 'flat').meta({
      description: 'One scope a space; there is no other mode.',
    }),
    scopeId: text().meta({ description: "Unique's id of the root scope, below which every space gets its own." }),
    storeInternally: optional(onOff(), 'enabled'),
    useV1KeyFormat: optional(onOff(), 'disabled').meta({
      description: 'Keys without the name of the tenant; only for contents that have such keys already.',
    }),
    attachments: optional(attachmentsSection(), {}),
    pageIngestionConfig: pageIngestionConfig(),
  });
}

function attachmentsSection() {
  return z.strictObject({
    mode: optional(onOff(), 'enabled'),
    imageOcr: optional(onOff(), 'enabled').meta({ description: 'Text in PNG and JPEG files is read by the platform.' }),
    allowedMimeTypes: optional(mimeTypes(), DEFAULT_MIME_TYPES),
    maxFileSizeMb: optional(integer(1), 200).meta({ description: 'Inclusive; 1 MB is 1,048,576 bytes.' }),
  });
}

function mimeTypes() {
  const remedy = 'Write a type and a subtype such as application/pdf; no wildcards, no parameters.';
  const mimeType = z
    .string({ error: remedy })
    .trim()
    .toLowerCase()
    .regex(/^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/, { error: remedy });
  return z.array(mimeType);
}

/** Passed to Unique unchanged, so only what we act on ourselves is looked at. */
function pageIngestionConfig() {
  return z
    .record(z.string(), z.unknown())
    .superRefine((config, context) => {
      const { enabled, languageModel } = imageContentExtraction(config);
      if (enabled !== true || (typeof languageModel === 'string' && languageModel.trim() !== '')) return;
      context.addIssue({
        code: 'custom',
        path: ['htmlConfig', 'imageContentExtraction', 'languageModel'],
        message: 'Write the name of a language model, or set enabled: false beside it.',
      });
    })
    .nullish()
    .meta({ description: 'Sent to Unique unchanged with every page.' });
}

/** Whether images are to become part of their page, which a page's ingestion configuration asks for. */
export function inlinesImages(pageConfig: Readonly<Record<string, unknown>> | undefined): boolean {
  return imageContentExtraction(pageConfig ?? {}).enabled === true;
}

const extractionSchema = z.object({
  htmlConfig: z.object({
    imageContentExtraction: z.object({ enabled: z.unknown().optional(), languageModel: z.unknown().optional() }),
  }),
});

function imageContentExtraction(config: Readonly<Record<string, unknown>>) {
  const parsed = extractionSchema.safeParse(config);
  return parsed.success ? parsed.data.htmlConfig.imageContentExtraction : {};
}
