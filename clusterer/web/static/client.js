// Talks to the server. Every answer but a success is an error with a status.

export class Refused extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

export class Client {
  /** `src` is where the server is; `token` its bearer token, or null. */
  constructor(src, token) {
    this.src = src.replace(/\/+$/, "");
    this.token = token;
  }

  get(path, parameters, signal) {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(parameters ?? {})) {
      if (value !== null && value !== undefined && value !== "") query.append(name, value);
    }
    const tail = query.size ? `?${query}` : "";
    return this.#ask(path + tail, { signal });
  }

  post(path, body) {
    const headers = { "Content-Type": "application/json" };
    return this.#ask(path, { method: "POST", headers, body: JSON.stringify(body) });
  }

  async #ask(path, options) {
    const headers = { ...options.headers };
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    const answer = await fetch(this.src + path, { ...options, headers });
    if (!answer.ok) {
      const told = await answer.json().catch(() => ({}));
      throw new Refused(answer.status, told.detail ?? answer.statusText);
    }
    return answer.json();
  }
}
