/** Emulated Confluence and Unique: real servers, a small believable site, and faults on demand. */
export { startSandbox } from './start-sandbox';
export {
  SandboxPortInUseError,
  type ConfigSection,
  type ConfluenceAuth,
  type Sandbox,
  type SandboxOptions,
  type ServiceAuthMode,
} from './sandbox';
export type { Flavor, Switches } from './switches';
export type { FaultEffect, FaultHandle, FaultRequest, FaultRule } from './faults/rule';
export type { Faults } from './faults/faults';
export { Gate } from './faults/gate';
export type { RequestEntry, RequestLog } from './request-log';
export { Site } from './site/site';
export type { Attachment, AttachmentSource, Content, ContentStatus, Space, Version } from './site/content';
export { believableSite } from './site/believable-site';
export { generateSite, type GeneratedSiteOptions } from './site/generate-site';
export type { StoredContent, StoredScope, UniquePlatform } from './unique/platform';
export { bytesOf, sizeOf } from './site/attachment-bytes';
