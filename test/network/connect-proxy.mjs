/*
 * An HTTP proxy that knows CONNECT and nothing else, in a process of its own; started by proxy-process.ts, to which it
 * reports every CONNECT. It speaks TLS if it is given a certificate, and asks for one if it is given an authority.
 */
import { createServer as createPlainServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect } from 'node:net';

process.once('message', ({ tls, authorization, hosts, mode }) => {
  const server =
    tls === undefined ? createPlainServer() : createSecureServer({ ...tls, requestCert: tls.ca !== undefined });
  const refuse = (socket, status, reason) => socket.end(`HTTP/1.1 ${status} ${reason}\r\ncontent-length: 0\r\n\r\n`);

  server.on('connect', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const refused = authorization !== undefined && request.headers['proxy-authorization'] !== authorization;
    process.send({ target: request.url, headers: request.headers, refused });
    if (mode === 'silent') return;
    if (refused) return refuse(socket, 407, 'Proxy Authentication Required');
    if (mode === 'forbid') return refuse(socket, 403, 'Forbidden');
    if (mode === 'unreachable') return refuse(socket, 502, 'Bad Gateway');
    const [host, port] = (hosts[request.url] ?? request.url).split(':');
    const target = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      target.write(head);
      target.pipe(socket).pipe(target);
    });
    target.on('error', () => socket.destroy());
    socket.on('close', () => target.destroy());
  });
  // Requests that should have come as a tunnel are seen, too.
  server.on('request', (request, response) => {
    process.send({ target: request.url, headers: request.headers, refused: true });
    response.writeHead(405).end();
  });
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
});
process.once('disconnect', () => process.exit());
