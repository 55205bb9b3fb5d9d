import { type Exchange, ResponseShapeError } from '../http/errors';

/** One page of a list of the platform. */
export interface NodePage<Node> {
  readonly nodes: readonly Node[];
  readonly totalCount: number;
}

/**
 * Everything in a list that is read page by page.
 *
 * @param size nodes a full page
 * @throws {ResponseShapeError} when a page shows nothing new: then the list would never end
 */
export async function allPages<Node extends { readonly id: string }>(
  size: number,
  fetchPage: (skip: number) => Promise<NodePage<Node>>,
  exchange: Exchange,
): Promise<readonly Node[]> {
  const found: Node[] = [];
  const ids = new Set<string>();
  for (let skip = 0; ;) {
    const { nodes, totalCount } = await fetchPage(skip);
    const before = ids.size;
    for (const { id } of nodes) ids.add(id);
    found.push(...nodes);
    skip += nodes.length;
    if (nodes.length < size || skip >= totalCount) return found;
    if (ids.size === before) throw new ResponseShapeError(['a page of the list shows nothing new'], exchange);
  }
}
