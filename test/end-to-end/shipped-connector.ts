import { bytesOf, type Content, type Sandbox } from '../../sandbox';
import { webuiLink } from '../../sandbox/confluence/links';
import { credentialsOf } from '../../sandbox/credentials';
import { isWanted, isWantedFile } from './expected';

/** What the connector that ships with Unique would have been told. */
export interface ShippedOptions {
  /** Its name of the tenant. @default the sandbox's */
  readonly tenant?: string;
  readonly useV1KeyFormat?: boolean;
  /** Spaces of these keys had other ids then. */
  readonly formerSpaceIds?: Readonly<Record<string, string>>;
  /** Images were part of their pages and no contents of their own. */
  readonly inlinesImages?: boolean;
}

const OWN_IMAGE = /<ac:image><ri:attachment ri:filename="([^"]*)"\/><\/ac:image>/g;

/**
 * Leaves Unique as the connector that ships with it does after a complete sync: the root claimed, a marked scope a space,
 * every labelled page and attachment under its keys, with its links (on Cloud they hold the title) and its metadata.
 * Worked out from the site alone and without any code of the product.
 */
export function fillByShippedConnector(sandbox: Sandbox, options: ShippedOptions = {}): void {
  const { site, unique, flavor, confluenceUrl } = sandbox;
  const { tenant = sandbox.tenant, useV1KeyFormat = false, formerSpaceIds = {}, inlinesImages = false } = options;
  const credentials = credentialsOf(sandbox.tenant);
  const isCloud = flavor === 'cloud';
  const instance = isCloud ? `cloud:${credentials.cloudId}` : `data-center:${credentials.instanceId}`;
  unique.changeScope(unique.rootScopeId, { externalId: `confc:${instance}` });
  unique.grant(unique.parentScopeId, 'READ');
  unique.grant(unique.rootScopeId, 'MANAGE', 'READ', 'WRITE');
  const source = {
    kind: isCloud ? 'ATLASSIAN_CONFLUENCE_CLOUD' : 'ATLASSIAN_CONFLUENCE_ONPREM',
    name: confluenceUrl,
    ownerType: 'COMPANY',
  };
  const scopes = new Map<string, string>();
  for (const content of [...site.contents()].filter((one) => isWanted(site, one))) {
    const space = site.space(content.spaceKey);
    const spaceId = formerSpaceIds[space.key] ?? String(space.id);
    const scopeId = scopes.get(space.key) ?? addScope(space.key, `confc:${tenant}:${spaceId}:${space.key}`);
    scopes.set(space.key, scopeId);
    const partial = `${useV1KeyFormat ? '' : `${tenant}/`}${spaceId}_${space.key}`;
    const metadata = { spaceKey: space.key, spaceName: space.name };
    const body = typeof content.body === 'string' ? content.body : content.body();
    const labels = content.labels.filter((label) => !['ai-ingest', 'ai-ingest-all'].includes(label)).sort();
    if (body !== '') {
      unique.addContent({
        key: `${partial}/${content.id}`,
        scopeId,
        title: content.title,
        bytes: Buffer.from(inlinesImages ? body.replace(OWN_IMAGE, (_, name) => imageOf(content, String(name))) : body),
        mimeType: 'text/html',
        url: pageUrl(content),
        metadata: { confluenceLabels: labels, ...metadata },
        source,
      });
    }
    for (const file of site.attachmentsOf(content.id).filter(isWantedFile)) {
      if (inlinesImages && file.mediaType.startsWith('image/')) continue;
      const { id, title, mediaType: mimeType } = file;
      const preview = encodeURIComponent(`/${content.id}/${isCloud ? id.replace(/^att/, '') : id}/${title}`);
      const path = `${isCloud ? '/wiki' : ''}/pages/viewpageattachments.action?pageId=${content.id}&preview=${preview}`;
      const bytes = bytesOf(file.bytes);
      const url = confluenceUrl + path;
      unique.addContent({
        key: `${partial}/${content.id}::${id}`,
        scopeId,
        title,
        bytes,
        mimeType,
        url,
        metadata,
        source,
      });
    }
  }

  function addScope(name: string, externalId: string): string {
    const { id } = unique.addScope({ name, parentId: unique.rootScopeId, externalId });
    unique.grant(id, 'MANAGE', 'READ', 'WRITE');
    return id;
  }

  function imageOf({ id }: Content, name: string): string {
    const file = site.attachmentsOf(id).find(({ title }) => title === name);
    if (file === undefined) throw new Error(`the site has no image ${name}`);
    return `<img src="data:${file.mediaType};base64,${bytesOf(file.bytes).toString('base64')}" alt="${name}" />`;
  }

  function pageUrl(content: Content): string {
    if (!isCloud) return `${confluenceUrl}/pages/viewpage.action?pageId=${content.id}`;
    return `${confluenceUrl}/wiki${webuiLink(content)}`;
  }
}
