import { json } from '../../server/answers';
import type { Answer, Incoming } from '../../server/exchange';
import type { Content, Space } from '../../site/content';
import { bodyOf } from '../context';
import { tinyLink, webuiLink } from '../links';
import type { Cloud } from './cloud';
import type { AttachmentOwner } from './v2-attachments';
import { invalid, v2List, v2NotFound } from './v2-list';

const DEFAULT_LIMIT = 25;
const AUTHOR = '557058:11111111-2222-4333-8444-555555555555';
const STATUSES: readonly string[] = ['current', 'archived', 'trashed', 'deleted'];

/** `GET /wiki/api/v2/pages/{id}` and `/blogposts/{id}`: trashed and archived ones are shown, too. */
export function v2Content(cloud: Cloud, request: Incoming, type: AttachmentOwner): Answer {
  const id = request.parameter('id');
  const content = cloud.site.findContent(id);
  if (!content || content.type !== type || !cloud.site.isVisible(content)) {
    return v2NotFound(`Cannot find a ${type === 'page' ? 'page' : 'blog post'} with id [${id}]`);
  }
  return json(200, render(cloud, content, request.query.get('body-format')));
}

/** `GET /wiki/api/v2/pages` and `/blogposts`, filtered by `id`, `space-id`, `title` and `status`. */
export function v2Contents(cloud: Cloud, request: Incoming, type: AttachmentOwner): Answer {
  const { query } = request;
  const ids = query.getAll('id').flatMap((text) => text.split(','));
  const spaceIds = query.getAll('space-id').flatMap((text) => text.split(','));
  const statuses = query.get('status')?.split(',') ?? ['current', 'archived'];
  const wrong = statuses.find((status) => !STATUSES.includes(status));
  if (wrong !== undefined) return invalid(`Provided value {${wrong}} for 'status' is not supported`);
  const title = query.get('title')?.toLowerCase();
  const pool = ids.length > 0 ? ids.map((id) => cloud.site.findContent(id)) : cloud.site.contents();
  const rows = [...pool].filter(
    (content): content is Content =>
      content?.type === type &&
      statuses.includes(content.status) &&
      (title === undefined || content.title.toLowerCase() === title) &&
      (spaceIds.length === 0 || spaceIds.includes(spaceId(cloud, content))) &&
      cloud.site.isVisible(content),
  );
  const format = query.get('body-format');
  const listing = { path: `/${type}s`, rows, defaultLimit: DEFAULT_LIMIT };
  return v2List(cloud, request, listing, (row) => render(cloud, row, format));
}

/** `GET /wiki/api/v2/spaces`, filtered by `keys`, `ids`, `type` and `status`. */
export function v2Spaces(cloud: Cloud, request: Incoming): Answer {
  const { query } = request;
  const keys = query.getAll('keys').flatMap((text) => text.toLowerCase().split(','));
  const ids = query.getAll('ids').flatMap((text) => text.split(','));
  const [type, status] = [query.get('type'), query.get('status')];
  const rows = [...cloud.site.spaces()].filter(
    (space) =>
      !space.hidden &&
      (keys.length === 0 || keys.includes(space.key.toLowerCase())) &&
      (ids.length === 0 || ids.includes(String(space.id))) &&
      (type === null || space.type === type) &&
      (status === null || space.status === status),
  );
  return v2List(cloud, request, { path: '/spaces', rows, defaultLimit: DEFAULT_LIMIT }, renderV2Space);
}

function render(cloud: Cloud, content: Content, format: string | null): object {
  const { id, status, title, version, createdAt, parentId, type } = content;
  const isTrashed = status === 'trashed';
  const parent = isTrashed || parentId === undefined ? undefined : cloud.site.findContent(parentId);
  const storage = { representation: 'storage', value: bodyOf(content) };
  return {
    id,
    status,
    title,
    spaceId: spaceId(cloud, content),
    ...(type === 'page' ? { parentId: parent?.id ?? null, parentType: parent?.type ?? null, position: null } : {}),
    authorId: AUTHOR,
    createdAt: new Date(createdAt).toISOString(),
    version: {
      number: version.number,
      message: '',
      minorEdit: false,
      authorId: AUTHOR,
      createdAt: new Date(version.when).toISOString(),
    },
    body: format === 'storage' ? { storage } : {},
    _links: {
      webui: webuiLink(content),
      editui: `/pages/resumedraft.action?draftId=${id}`,
      tinyui: tinyLink(id),
    },
  };
}

function renderV2Space({ id, key, name, type, status }: Space): object {
  const _links = { webui: `/spaces/${key}` };
  return { id: String(id), key, name, type, status, authorId: AUTHOR, homepageId: null, description: null, _links };
}

function spaceId(cloud: Cloud, content: Content): string {
  return String(cloud.site.findSpace(content.spaceKey)?.id ?? '');
}
