export type InstanceType = 'cloud' | 'data-center';

/**
 * Link to a page that a person follows from an answer.
 *
 * Neither form holds the title: Cloud's own `webui` links do, so they change with every rename and the file diff would
 * see a moved file each time.
 */
export function pageUrl(instanceType: InstanceType, baseUrl: string, spaceKey: string, pageId: string): string {
  return instanceType === 'cloud'
    ? `${baseUrl}/wiki/spaces/${spaceKey}/pages/${pageId}`
    : `${baseUrl}/pages/viewpage.action?pageId=${pageId}`;
}

/** Link to an attachment's preview. Cloud's previews want the id without its `att`, Data Center's as it is. */
export function attachmentUrl(
  instanceType: InstanceType,
  baseUrl: string,
  attachment: { readonly pageId: string; readonly attachmentId: string; readonly title: string },
): string {
  const cloud = instanceType === 'cloud';
  const id = cloud ? attachment.attachmentId.replace(/^att/, '') : attachment.attachmentId;
  const preview = encodeURIComponent(`/${attachment.pageId}/${id}/${attachment.title}`);
  return `${baseUrl}${cloud ? '/wiki' : ''}/pages/viewpageattachments.action?pageId=${attachment.pageId}&preview=${preview}`;
}
