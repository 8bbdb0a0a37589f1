// Where this server is: behind a proxy it may be below a path, which this module's own address tells.

const base = new URL('../..', import.meta.url).pathname.replace(/\/$/u, '');

/** An address of this server, from its path there. @param {string} path */
export const at = (path) => base + path;

/** The address of the whole server, as `parlor relay` takes it: a path ends with a slash, a room's address would not. */
export const server = () => location.origin + (base && `${base}/`);
