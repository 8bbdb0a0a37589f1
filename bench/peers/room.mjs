// What both peers share: posts come by HTTP as Parlor's do, and become messages with as many bytes as Parlor's.
import { createServer } from 'node:http';

let last = 0;

function message(room, text) {
  last += 1;
  return {
    kind: 'message',
    data: {
      id: last, room, author: 'bench', kind: 'user', text, when: 1700000000.125, image: null,
      media: null, css: null, js: null, base_url: null, from_bot: null, state: null,
    },
  };
}

/** An HTTP server that has each post delivered and then answers it. */
export function rooms(deliver) {
  return createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const { room, text } = JSON.parse(Buffer.concat(parts));
      const made = message(room, text);
      deliver(room, made);
      const body = JSON.stringify(made.data);
      response.writeHead(202, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
      response.end(body);
    });
  });
}

/** Listens, and says where and which version it is, on one line. */
export function listen(server, version) {
  server.keepAliveTimeout = 600_000;
  server.listen(0, '127.0.0.1', 4096, () => {
    console.log(`127.0.0.1:${server.address().port} ${version}, node ${process.versions.node}`);
  });
}
