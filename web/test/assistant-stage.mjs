// What stands around the assistant where there is no Parlor: a server that plays one, on plain websockets, and a page of another origin.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

/** The strictest policy that can hold the assistant. @param {string} server */
export const strict = (server) => `default-src 'none'; script-src ${server}; connect-src ${server.replace('http', 'ws')}; require-trusted-types-for 'script'; trusted-types 'none'; base-uri 'none'; form-action 'none'`;

const FILES = /** @type {Record<string, [string, string]>} */ ({
  '/assistant.js': ['../static/assistant.js', 'text/javascript'],
  '/static/assistant.js': ['../static/assistant.js', 'text/javascript'],
  '/test/assistant-scenes.js': ['assistant-scenes.js', 'text/javascript'],
  '/test/assistant-gallery.css': ['assistant-gallery.css', 'text/css'],
  '/test/assistant-gallery.html': ['assistant-gallery.html', 'text/html'],
});

/** One frame of a websocket, as a server sends it. @param {number} opcode @param {Buffer} body */
function frame(opcode, body) {
  const head = body.length < 126 ? [0x80 | opcode, body.length] : [0x80 | opcode, 126, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from(head), body]);
}

/** A connection of the assistant's. */
export class Wire {
  /** @type {any[]} What it has said. */
  heard = [];
  #rest = Buffer.alloc(0);
  /** @type {(() => void)[]} */
  #waiting = [];

  /** @param {import('node:net').Socket} socket @param {URL} url @param {string} origin */
  constructor(socket, url, origin) {
    this.socket = socket;
    this.url = url;
    this.origin = origin;
    this.ended = once(socket, 'close').catch(() => {});
    socket.on('data', (part) => this.#take(part));
    socket.on('error', () => {});
  }

  /** @param {Buffer} part */
  #take(part) {
    this.#rest = Buffer.concat([this.#rest, part]);
    for (;;) {
      const short = this.#rest.length > 1 ? this.#rest[1] & 127 : 0;
      const start = short === 126 ? 8 : 6;
      if (this.#rest.length < start) return;
      const length = short === 126 ? this.#rest.readUInt16BE(2) : short;
      if (this.#rest.length < start + length) return;
      const mask = this.#rest.subarray(start - 4, start);
      const body = this.#rest.subarray(start, start + length).map((byte, at) => byte ^ mask[at % 4]);
      const opcode = this.#rest[0] & 15;
      this.#rest = this.#rest.subarray(start + length);
      if (opcode === 8) this.socket.end(frame(8, Buffer.from(body)));
      if (opcode !== 1) continue;
      this.heard.push(JSON.parse(Buffer.from(body).toString()));
      for (const go of this.#waiting.splice(0)) go();
    }
  }

  /** @param {...object} messages */
  say(...messages) {
    for (const message of messages) this.socket.write(frame(1, Buffer.from(JSON.stringify(message))));
  }

  /** Waits for the message of this number (from 0). @param {number} at */
  async hears(at = 0) {
    while (this.heard.length <= at) await new Promise((/** @type {(value?: undefined) => void} */ go) => this.#waiting.push(() => go()));
    return this.heard[at];
  }

  /** @param {number} code */
  close(code) {
    this.socket.end(frame(8, Buffer.from([code >> 8, code & 255])));
  }

  /** As if the network had gone. */
  cut() {
    this.socket.destroy();
  }
}

/** A server that plays Parlor: what it says on a connection is up to the test. */
export class Stage {
  /** @type {Wire[]} */
  wires = [];
  /** Whether handshakes are refused. */
  refuses = false;
  /** How many were tried. */
  tried = 0;
  /** Every request for a file. @type {string[]} */
  asked = [];
  /** What it says at once to who comes. @type {(wire: Wire) => void} */
  greets = () => {};
  /** The page of another origin, and its policy; `{server}` in it is this server's. @type {Map<string, { html: string, policy?: string }>} */
  pages = new Map();
  base = '';
  site = '';
  #sockets = new Set();
  #server = createServer((request, response) => void this.#serve(request, response));
  #site = createServer((request, response) => this.#page(request, response));
  /** @type {(() => void)[]} */
  #waiting = [];

  static async start() {
    const stage = new Stage();
    stage.#server.on('upgrade', (request, socket) => stage.#upgrade(request, /** @type {import('node:net').Socket} */ (socket)));
    for (const server of [stage.#server, stage.#site]) {
      server.on('connection', (socket) => stage.#sockets.add(socket.once('close', () => stage.#sockets.delete(socket))));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    }
    const [base, site] = [stage.#server, stage.#site].map((server) => {
      const address = server.address();
      assert.ok(address && typeof address === 'object');
      return address.port;
    });
    stage.base = `http://127.0.0.1:${base}`;
    stage.site = `http://localhost:${site}`;
    return stage;
  }

  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
  async #serve(request, response) {
    const path = new URL(request.url ?? '/', this.base).pathname;
    this.asked.push(path);
    // Below a path, as behind a proxy.
    const [name, type] = FILES[path.replace(/^\/chat(?=\/)/u, '')] ?? [];
    response.writeHead(name ? 200 : 404, { 'content-type': `${type ?? 'text/plain'}; charset=utf-8`, 'access-control-allow-origin': '*' });
    response.end(name && (await readFile(new URL(name, import.meta.url))));
  }

  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
  #page(request, response) {
    const page = this.pages.get(request.url ?? '/');
    response.writeHead(page ? 200 : 404, { 'content-type': 'text/html; charset=utf-8', ...(page?.policy && { 'content-security-policy': page.policy }) });
    response.end(page && `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Shop</title></head><body><main><h1>Shop</h1><p><a href="#x">A link</a></p></main>${page.html}</body></html>`);
  }

  /** @param {import('node:http').IncomingMessage} request @param {import('node:net').Socket} socket */
  #upgrade(request, socket) {
    this.tried += 1;
    for (const go of this.#waiting.splice(0)) go();
    if (this.refuses) return socket.end('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`);
    const wire = new Wire(socket, new URL(request.url ?? '/', this.base), request.headers.origin ?? '');
    this.wires.push(wire);
    this.greets(wire);
    return wire;
  }

  /** Waits for the connection of this number (from 0). @param {number} at */
  async wire(at) {
    while (this.wires.length <= at) await new Promise((/** @type {(value?: undefined) => void} */ go) => this.#waiting.push(() => go()));
    return this.wires[at];
  }

  /** Waits until so many handshakes were tried. @param {number} times */
  async tries(times) {
    while (this.tried < times) await new Promise((/** @type {(value?: undefined) => void} */ go) => this.#waiting.push(() => go()));
  }

  /** Forgets who was here. */
  clear() {
    for (const { socket } of this.wires) socket.destroy();
    Object.assign(this, { wires: [], tried: 0, asked: [], refuses: false, greets: () => {} });
  }

  async end() {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    this.#site.close();
  }
}
