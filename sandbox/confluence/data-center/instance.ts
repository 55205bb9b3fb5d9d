import { json } from '../../server/answers';
import type { Answer, Incoming } from '../../server/exchange';
import type { DataCenter } from './data-center';

/** `GET /rest/applinks/1.0/manifest`: who the instance is, without a credential; XML unless JSON is asked for. */
export function manifest(server: DataCenter, request: Incoming): Answer {
  const { switches, credentials } = server;
  const values = {
    id: credentials.instanceId,
    name: 'Confluence',
    typeId: 'confluence',
    version: switches.dataCenterVersion,
    buildNumber: '10201',
    applinksVersion: '11.0.0',
    url: server.addresses.confluence,
    publicSignup: 'false',
  };
  const accept = request.headers.accept ?? '*/*';
  if (!switches.manifestXml || accept.includes('application/json')) return json(200, values);
  const elements = Object.entries(values).map(([name, value]) => `<${name}>${value}</${name}>`);
  const body = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><manifest>${elements.join('')}</manifest>`;
  return { status: 200, headers: { 'content-type': 'application/xml;charset=UTF-8' }, body };
}

/** `GET /rest/api/server-information`. */
export function serverInformation(server: DataCenter): Answer {
  const { switches, addresses } = server;
  return json(200, { version: switches.dataCenterVersion, buildNumber: '10201', baseUrl: addresses.confluence });
}
