/** Whether an address is a log-in page: Atlassian's own, Confluence's, or the usual names of single sign-on. */
export function isLogin({ hostname, pathname }: URL): boolean {
  return (
    hostname === 'id.atlassian.com' ||
    /\/(login|log-in|signin|sign-in|sso|saml2?|oauth2?|authorize|adfs|idp)\b/i.test(pathname)
  );
}
