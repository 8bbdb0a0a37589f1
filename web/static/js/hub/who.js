// Who is at the hub, as far as what came has told: clients and services.

/** @typedef {{ name: string, nickname: string | null, uuid: string, tags: string[] }} Client */
/** @typedef {{ name: string, nickname: string | null, owner_uuid: string, subscribers: string[] }} Service */

/** @param {any} it @returns {it is Client} */
const isClient = (it) => typeof it?.uuid === 'string' && typeof it.name === 'string';

/** @param {any} it @returns {it is Service} */
const isService = (it) => typeof it?.name === 'string' && Array.isArray(it.subscribers);

/** What nobody who looks on is told: after these the whole is asked for. */
const MOVES = new Set(['CLIENT_JOINED', 'CLIENT_LEFT', 'SERVICE_CREATE_RESULT', 'SERVICE_DELETE_RESULT', 'SERVICE_CLIENT_SUBSCRIBED', 'SERVICE_CLIENT_UNSUBSCRIBED']);

export class Who extends EventTarget {
  /** By uuid. @type {Map<string, Client>} */
  clients = new Map();
  /** By name. @type {Map<string, Service>} */
  services = new Map();
  /** Whether everybody who is there is known. */
  known = false;

  forget() {
    this.clients.clear();
    this.services.clear();
    this.known = false;
    this.#changed();
  }

  /** Learns from a payload that came; whether somebody moved. @param {any} payload */
  learn(payload) {
    const { type, client, service } = payload;
    const list = (/** @type {unknown} */ found) => (Array.isArray(found) ? found : []);
    if (type === 'CLIENT_JOINED' && isClient(client)) this.clients.set(client.uuid, client);
    else if (type === 'CLIENT_LEFT') this.clients.delete(client?.uuid);
    else if (type === 'SERVICE_DELETE_RESULT') this.services.delete(service?.name);
    else if (type === 'CLIENT_FETCH_ALL_RESULT') {
      this.clients = new Map(list(payload.clients).filter(isClient).map((one) => [one.uuid, one]));
      this.known = true;
    } else if (type === 'SERVICE_FETCH_ALL_RESULT') {
      this.services = new Map(list(payload.services).filter(isService).map((one) => [one.name, one]));
    } else if (isService(service)) this.services.set(service.name, service);
    else return false;
    this.#changed();
    return MOVES.has(type);
  }

  /** How a client is called. @param {string} uuid */
  nameOf(uuid) {
    const client = this.clients.get(uuid);
    return client ? client.nickname || client.name : '';
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}
