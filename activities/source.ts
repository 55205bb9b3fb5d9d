import type { SourceKind } from '../unique/client';

/** Where a content comes from, in Unique's words. */
export function sourceKind(instanceType: 'cloud' | 'data-center'): SourceKind {
  return instanceType === 'cloud' ? 'ATLASSIAN_CONFLUENCE_CLOUD' : 'ATLASSIAN_CONFLUENCE_ONPREM';
}
