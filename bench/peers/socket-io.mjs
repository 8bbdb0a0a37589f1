// A peer: socket.io, with its own rooms, over its websocket transport.
import { createRequire } from 'node:module';
import { Server } from 'socket.io';
import { listen, rooms } from './room.mjs';

const server = rooms((room, message) => io.to(room).emit('message', message));

// No pings while others are measured.
const io = new Server(server, { transports: ['websocket'], pingInterval: 600_000, serveClient: false });
io.on('connection', (socket) => socket.join(socket.handshake.query.room));

listen(server, createRequire(import.meta.url)('socket.io/package.json').version);
