// The line that joins a program to a room by `parlor relay`, quoted for the terminal that it is pasted into.

/** @typedef {'posix' | 'cmd' | 'powershell'} Terminal */

/** What no terminal takes for anything but itself. */
const PLAIN = /^[\w@+=:,./-]+$/u;

/** @type {Record<Terminal, (argument: string) => string>} */
const QUOTED = {
  posix: (argument) => `'${argument.replaceAll("'", "'\\''")}'`,
  // PowerShell takes typographic quotation marks for its own, too.
  powershell: (argument) => `'${argument.replace(/['‘’‚‛]/gu, '$&$&').replace(/(\\*)"/gu, '$1$1\\"').replace(/(\\+)$/u, '$1$1')}'`,
  cmd: (argument) => {
    // What programs take apart again; then, if it holds signs of cmd's own, each of them marked as text.
    const quoted = `"${argument.replace(/(\\*)"/gu, '$1$1\\"').replace(/(\\+)$/u, '$1$1')}"`;
    return /["%!^&|<>()]/u.test(argument) ? quoted.replace(/["%!^&|<>()]/gu, '^$&') : quoted;
  },
};

/** @param {Terminal} terminal @param {string} argument */
export const quoted = (terminal, argument) => (PLAIN.test(argument) && /^[\x21-\x7e]+$/u.test(argument) ? argument : QUOTED[terminal](argument));

/**
 * @param {Terminal} terminal
 * @param {{ server: string, room: string, url: string, name?: string, respondsTo?: string | null }} relay
 */
export function relayLine(terminal, { server, room, url, name, respondsTo }) {
  const bot = [...(name ? ['--name', name] : []), ...(respondsTo ? ['--responds-to', respondsTo] : [])];
  return ['parlor', 'relay', '--server', server, '--room', room, ...bot, url].map((argument) => quoted(terminal, argument)).join(' ');
}

/** Whose terminal this probably is. @returns {Terminal} */
export const terminalHere = () => (/win/iu.test(navigator.platform) ? 'cmd' : 'posix');
