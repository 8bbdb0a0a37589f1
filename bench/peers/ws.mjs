// A peer: the package ws, a set of sockets for each room.
import { createRequire } from 'node:module';
import { WebSocketServer } from 'ws';
import { listen, rooms } from './room.mjs';

const members = new Map();

const server = rooms((room, message) => {
  const frame = Buffer.from(JSON.stringify(message));
  for (const socket of members.get(room) ?? []) socket.send(frame, { binary: false });
});

const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on('connection', (socket, request) => {
  const room = decodeURIComponent(request.url.slice('/ws/'.length));
  if (!members.has(room)) members.set(room, new Set());
  members.get(room).add(socket);
  socket.on('close', () => members.get(room).delete(socket));
  socket.on('error', () => {});
});

listen(server, createRequire(import.meta.url)('ws/package.json').version);
