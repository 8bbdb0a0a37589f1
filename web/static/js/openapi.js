// Reads an OpenAPI 3.1 document: which calls there are, what they take, what they answer, in a notation people can read.

/** @typedef {any} Schema  A JSON schema as it stands in the document. */

/**
 * @typedef {object} Call
 * @property {string} method  In capitals.
 * @property {string} path
 * @property {string} group
 * @property {string} summary
 * @property {string} description
 * @property {{ name: string, in: string, required: boolean, description: string, type: string, example: unknown }[]} parameters
 * @property {{ shape: string, example: string } | null} body
 * @property {{ status: string, description: string, shape: string }[]} answers
 */

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
/** Deeper than this, a shape is named and not written out. */
const DEEPEST = 4;

/** Example values for names that mean the same everywhere. @type {Record<string, unknown>} */
const KNOWN = { room: 'welcome', author: 'Ann', text: 'Hello', url: 'http://localhost:5000/echo', form_data: {}, id: 1, bot_id: 1, name: 'EchoBot' };

/** What one usually sends, whether or not it is required. */
const USUAL = ['room', 'author', 'text', 'name', 'url'];

export class OpenApi {
  /** @param {any} document */
  constructor(document) {
    this.document = document;
  }

  get title() {
    return String(this.document.info?.title ?? '');
  }

  /** @param {Schema} schema @returns {Schema} */
  #resolve(schema) {
    let found = schema;
    for (let hops = 0; typeof found?.$ref === 'string' && hops < 20; hops += 1) {
      found = found.$ref.replace(/^#\//u, '').split('/').reduce((/** @type {any} */ at, /** @type {string} */ key) => at?.[key], this.document);
    }
    return found ?? {};
  }

  /** @returns {Map<string, Call[]>} Calls by group: first those that the document names, in its order. */
  groups(/** @type {string} */ other) {
    /** @type {Map<string, Call[]>} */
    const groups = new Map((this.document.tags ?? []).map((/** @type {{ name: string }} */ tag) => [tag.name, []]));
    for (const [path, item] of Object.entries(this.document.paths ?? {})) {
      for (const method of METHODS.filter((one) => item[one])) {
        const call = this.#call(method, path, item[method], item.parameters ?? [], other);
        groups.set(call.group, [...(groups.get(call.group) ?? []), call]);
      }
    }
    for (const [group, calls] of groups) if (!calls.length) groups.delete(group);
    return groups;
  }

  /**
   * @param {string} method @param {string} path @param {any} operation @param {any[]} shared @param {string} other
   * @returns {Call}
   */
  #call(method, path, operation, shared, other) {
    return {
      method: method.toUpperCase(),
      path,
      group: operation.tags?.[0] ?? other,
      summary: operation.summary ?? '',
      description: operation.description ?? '',
      parameters: [...shared, ...(operation.parameters ?? [])].map((one) => this.#parameter(this.#resolve(one))),
      body: this.#body(this.#resolve(operation.requestBody)),
      answers: Object.entries(operation.responses ?? {}).map(([status, one]) => {
        const answer = this.#resolve(one);
        const schema = this.#json(answer)?.schema;
        return { status, description: answer.description ?? '', shape: schema ? this.shape(schema) : '' };
      }),
    };
  }

  /** @param {any} parameter */
  #parameter(parameter) {
    const schema = this.#resolve(parameter.schema ?? {});
    return {
      name: String(parameter.name),
      in: String(parameter.in),
      required: Boolean(parameter.required),
      description: parameter.description ?? schema.description ?? '',
      type: this.shape(schema),
      example: parameter.example ?? schema.example ?? schema.default ?? KNOWN[parameter.name],
    };
  }

  /** @param {any} holder */
  #json(holder) {
    const content = holder?.content ?? {};
    return content['application/json'] ?? Object.values(content)[0];
  }

  /** @param {any} body */
  #body(body) {
    const json = this.#json(body);
    if (!json) return null;
    const named = /** @type {any} */ (Object.values(json.examples ?? {})[0])?.value;
    const example = json.example ?? named ?? this.example(json.schema ?? {});
    return { shape: this.shape(json.schema ?? {}), example: JSON.stringify(example, null, 2) };
  }

  /**
   * A schema in TypeScript's notation, descriptions as comments.
   * @param {Schema} schema
   * @param {string} [indent]
   * @param {number} [depth]
   * @returns {string}
   */
  shape(schema, indent = '', depth = 0) {
    const name = typeof schema?.$ref === 'string' ? schema.$ref.split('/').at(-1) : '';
    const real = this.#resolve(schema);
    if (depth > DEEPEST) return name || 'any';
    const either = real.oneOf ?? real.anyOf;
    if (either) return either.map((/** @type {Schema} */ one) => this.shape(one, indent, depth + 1)).join(' | ');
    if (real.allOf) return real.allOf.map((/** @type {Schema} */ one) => this.shape(one, indent, depth + 1)).join(' & ');
    if (real.const !== undefined) return JSON.stringify(real.const);
    if (real.enum) return real.enum.map((/** @type {unknown} */ one) => JSON.stringify(one)).join(' | ');
    if (Array.isArray(real.type)) {
      return real.type.map((/** @type {string} */ type) => this.shape({ ...real, type }, indent, depth + 1)).join(' | ');
    }
    if (real.type === 'array') return `${this.shape(real.items ?? {}, indent, depth + 1)}[]`;
    if (real.properties) return this.#object(real, indent, depth);
    return real.type === 'object' ? 'object' : (real.type ?? 'any');
  }

  /** @param {Schema} schema @param {string} indent @param {number} depth */
  #object(schema, indent, depth) {
    const inner = `${indent}  `;
    const lines = Object.entries(schema.properties).map(([name, property]) => {
      const optional = schema.required?.includes(name) ? '' : '?';
      const said = /** @type {any} */ (property).description ?? this.#resolve(property).description;
      const line = `${inner}${name}${optional}: ${this.shape(property, inner, depth + 1)}`;
      return said ? `${line}  // ${String(said).replace(/\s+/gu, ' ')}` : line;
    });
    return `{\n${lines.join('\n')}\n${indent}}`;
  }

  /**
   * Something that fits a schema, to begin with: what is required, and what has an example.
   * @param {Schema} schema
   * @param {string} [name]
   * @param {number} [depth]
   * @returns {unknown}
   */
  example(schema, name = '', depth = 0) {
    const real = this.#resolve(schema);
    if (real.example !== undefined) return real.example;
    if (real.default !== undefined) return real.default;
    if (name in KNOWN) return KNOWN[name];
    if (real.enum) return real.enum[0];
    if (depth > DEEPEST) return null;
    const part = (real.oneOf ?? real.anyOf ?? real.allOf)?.[0];
    if (part) return this.example(part, name, depth + 1);
    if (real.properties) {
      const wanted = Object.entries(real.properties).filter(([key]) => real.required?.includes(key) || USUAL.includes(key));
      return Object.fromEntries(wanted.map(([key, value]) => [key, this.example(value, key, depth + 1)]));
    }
    const type = Array.isArray(real.type) ? real.type[0] : real.type;
    return { string: '', integer: 0, number: 0, boolean: false, array: [], object: {} }[/** @type {string} */ (type)] ?? null;
  }
}

/** Where a call goes with its parameters filled in. @param {Call} call */
export function filledPath(call) {
  const path = call.path.replace(/\{(\w+)\}/gu, (_, name) => {
    const known = call.parameters.find((one) => one.name === name)?.example ?? KNOWN[name] ?? name;
    return encodeURIComponent(String(known));
  });
  const query = call.parameters.filter((one) => one.in === 'query' && (one.required || one.example !== undefined));
  const search = new URLSearchParams(query.map((one) => [one.name, String(one.example ?? '')]));
  return search.size > 0 ? `${path}?${search}` : path;
}
