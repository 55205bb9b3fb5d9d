import type { Space, Version } from '../site/content';
import type { ConfluenceContext } from './context';
import { baseLink } from './links';
import { timestamp } from './timestamp';

/** `space` of a content, and a row of the list of spaces. */
export function renderSpace(space: Space, context: ConfluenceContext): object {
  const { id, key, name, type, status } = space;
  return {
    id,
    key,
    ...(context.flavor === 'cloud' ? { alias: key } : {}),
    name,
    type,
    status,
    _expandable: { settings: `/rest/api/space/${key}/settings`, metadata: '', operations: '', homepage: '' },
    _links: { webui: `/spaces/${key}`, self: `${baseLink(context)}/rest/api/space/${encodeURIComponent(key)}` },
  };
}

/** `version` of a content or an attachment. */
export function renderVersion(contentId: string, version: Version, context: ConfluenceContext): object {
  return {
    by: renderUser(context),
    when: timestamp(version.when, context),
    ...(context.flavor === 'cloud' ? { friendlyWhen: friendly(version.when) } : {}),
    message: '',
    number: version.number,
    minorEdit: false,
    _expandable: { content: `/rest/api/content/${contentId}` },
    _links: { self: `${baseLink(context)}/rest/api/content/${contentId}/version/${version.number}` },
  };
}

/** The person who wrote everything in the emulated site. */
export function renderUser({ flavor }: ConfluenceContext): object {
  const profilePicture = { path: '/aa-avatar/anonymous.svg', width: 48, height: 48, isDefault: true };
  if (flavor === 'data-center') {
    return {
      type: 'known',
      username: 'ada',
      userKey: '8a7f808a7c0e5d3a017c0e5f2b3c0001',
      profilePicture,
      displayName: 'Ada Example',
    };
  }
  return {
    type: 'known',
    accountId: '557058:11111111-2222-4333-8444-555555555555',
    accountType: 'atlassian',
    email: '',
    publicName: 'Ada Example',
    profilePicture,
    displayName: 'Ada Example',
  };
}

/** `metadata.labels`; a row lists at most `limit` labels without saying so. */
export function renderLabels(
  contentId: string,
  labels: readonly string[],
  limit: number,
  context: ConfluenceContext,
): object {
  const results = labels.slice(0, limit).map((name) => ({ prefix: 'global', name, id: labelId(name), label: name }));
  const self = `${baseLink(context)}/rest/api/content/${contentId}/label`;
  return { results, start: 0, limit: 200, size: results.length, _links: { self } };
}

function friendly(instant: number): string {
  return new Date(instant).toLocaleDateString('en-US', {
    month: 'short',
    day: '2-digit',
    year: 'numeric',
    timeZone: 'UTC',
  });
}

function labelId(name: string): string {
  let hash = 0;
  for (let at = 0; at < name.length; at += 1) hash = (Math.imul(hash, 31) + name.charCodeAt(at)) >>> 0;
  return String(hash);
}
