import { attachmentUrl, pageUrl } from './content-url';

test('W-60 a page’s link holds no title, so a rename does not change it', () => {
  expect(pageUrl('cloud', 'https://acme.atlassian.net', 'ENG', '12')).toBe(
    'https://acme.atlassian.net/wiki/spaces/ENG/pages/12',
  );
});

test('B-022 Data Center’s link names the page by its id', () => {
  expect(pageUrl('data-center', 'https://wiki.acme.com/confluence', 'ENG', '12')).toBe(
    'https://wiki.acme.com/confluence/pages/viewpage.action?pageId=12',
  );
});

test('B-023 Cloud’s attachment link has the numeric id and a percent-encoded title', () => {
  const url = attachmentUrl('cloud', 'https://acme.atlassian.net', {
    pageId: '12',
    attachmentId: 'att34',
    title: 'a b/ü.png',
  });
  expect(url).toBe(
    'https://acme.atlassian.net/wiki/pages/viewpageattachments.action?pageId=12&preview=%2F12%2F34%2Fa%20b%2F%C3%BC.png',
  );
});

test('B-023 an id without the prefix is left alone', () => {
  expect(attachmentUrl('cloud', 'https://x', { pageId: '1', attachmentId: '34', title: 'a' })).toContain(
    'preview=%2F1%2F34%2Fa',
  );
});

test('B-024 Data Center’s attachment link keeps the id as it is and has no /wiki', () => {
  const url = attachmentUrl('data-center', 'https://wiki.acme.com', {
    pageId: '12',
    attachmentId: 'att34',
    title: 'a.png',
  });
  expect(url).toBe('https://wiki.acme.com/pages/viewpageattachments.action?pageId=12&preview=%2F12%2Fatt34%2Fa.png');
});
