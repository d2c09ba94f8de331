// <story-cluster src="https://server" story="s-…" lang="en|fa|ar" theme="auto|light|dark"
//                times="utc|local" token="…">
//
// Without `story` it shows the list. It tells its page what it shows by the event `story-change`
// (detail.story, null for the list). `src` is the server, by default the one this script is from.

import { Client, Refused } from "./client.js";
import { h } from "./dom.js";
import { StoryList } from "./list.js";
import { storyView } from "./story.js";
import { loadWords } from "./words.js";

const STYLES = ["../v1/style.css", "./story-cluster.css"];
const LONG_POLL = 25;

const sheets = Promise.all(STYLES.map(async (place) => {
  const sheet = new CSSStyleSheet();
  const answer = await fetch(new URL(place, import.meta.url));
  return sheet.replace(await answer.text());
}));

class StoryCluster extends HTMLElement {
  static observedAttributes = ["src", "story", "lang", "times", "token"];
  #root = this.attachShadow({ mode: "open" });
  #status = h("p", { class: "status", role: "status" });
  #notice = h("div");
  #stage = h("div");
  #asked = {};
  #threshold = null;
  #turn = 0;
  #due = false;
  #watching = null;

  connectedCallback() {
    this.#root.replaceChildren(this.#notice, this.#status, this.#stage);
    this.#schedule();
  }

  disconnectedCallback() {
    this.#watching?.abort();
    this.#watching = null;
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#schedule();
  }

  /** Several attributes changed together make one drawing. */
  #schedule() {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      this.#draw();
    });
  }

  async #draw() {
    const turn = ++this.#turn;
    const moved = this.#stage.hasChildNodes();
    this.setAttribute("aria-busy", "true");
    try {
      const desk = await this.#desk();
      const story = this.getAttribute("story");
      const view = story ? await storyView(desk, story) : await new StoryList(desk, this.#asked).view();
      if (turn !== this.#turn) return;
      this.#stage.replaceChildren(view);
      if (story) this.#status.remove();
      if (story && moved) this.#root.getElementById("story-title").focus();
      this.#watch(desk);
    } catch (error) {
      if (turn === this.#turn) await this.#fail(error);
    } finally {
      if (turn === this.#turn) this.removeAttribute("aria-busy");
    }
  }

  /** What views are lent: the server, the words, names of agencies, and ways to move. */
  async #desk() {
    const base = this.getAttribute("src") || new URL("..", import.meta.url).href;
    const client = new Client(new URL(base, location.href).href, this.getAttribute("token"));
    const language = this.getAttribute("lang") || "en";
    this.#root.adoptedStyleSheets = await sheets;
    const words = (await loadWords(client, language)).at(this.getAttribute("times"));
    this.#stage.setAttribute("dir", words.direction);
    for (const part of [this.#stage, this.#status, this.#notice]) {
      part.setAttribute("lang", language);
      part.setAttribute("dir", words.direction);
    }
    const [about, named, placed] = await Promise.all([
      client.get("/v1"),
      client.get("/v1/agencies", { interface: language }),
      client.get("/v1/outlets", { interface: language }),
    ]);
    const agencies = new Map(named.agencies.map((agency) => [agency.id, agency]));
    const outlets = new Map(placed.outlets.map((outlet) => [outlet.name, outlet.called]));
    const element = this;
    return {
      client,
      words,
      about,
      names: {
        agencies: () => named.agencies,
        agency: (id) => agencies.get(id)?.name ?? id,
        outlets: () => placed.outlets,
        outlet: (name) => outlets.get(name) ?? name,
        article: () => null,
      },
      width: () => element.clientWidth,
      home: `${client.src}/`,
      href: (id) => `${client.src}/#/story/${encodeURIComponent(id)}`,
      open: (event, id) => this.#open(event, id),
      status: this.#status,
      say: (status) => this.#say(status),
      fail: (error) => this.#fail(error),
      get threshold() { return element.#threshold; },
      set threshold(value) { element.#threshold = value; },
    };
  }

  #open(event, id) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    if (id === null) this.removeAttribute("story");
    else this.setAttribute("story", id);
    const detail = { story: id };
    this.dispatchEvent(new CustomEvent("story-change", { detail, bubbles: true, composed: true }));
  }

  #say(status) {
    this.#status.textContent = status;
  }

  async #fail(error) {
    const say = (key, otherwise) => known?.say(key) ?? otherwise;
    const known = await this.#wordsOrNull();
    if (error instanceof Refused && error.status === 401) {
      this.#askToken(say);
      return;
    }
    this.#say("");
    this.#notice.replaceChildren(h("div", { class: "notice", role: "alert" },
      `${say("failed", "This could not be loaded.")} (${error.message})`,
      h("button", { onclick: () => { this.#notice.replaceChildren(); this.#draw(); } }, say("retry", "Try again"))));
  }

  async #wordsOrNull() {
    const base = this.getAttribute("src") || new URL("..", import.meta.url).href;
    try {
      return await loadWords(new Client(new URL(base, location.href).href, null), this.getAttribute("lang") || "en");
    } catch {
      return null;
    }
  }

  #askToken(say) {
    const box = h("input", { type: "password", autocomplete: "current-password", required: true });
    const enter = (event) => {
      event.preventDefault();
      this.setAttribute("token", box.value);
    };
    this.#stage.replaceChildren(h("form", { class: "bar", onsubmit: enter },
      h("label", null, say("token", "Access token"), box),
      h("button", { class: "main" }, say("enter", "Enter"))));
    this.#say("");
  }

  /** Tell, but never force, that the collection has changed. */
  async #watch({ client, words, about }) {
    if (!about.abilities.changes || this.#watching) return;
    const watching = this.#watching = new AbortController();
    const { signal } = watching;
    try {
      let since = await this.#latest(client, signal);
      while (!signal.aborted) {
        const told = await client.get("/v1/changes", { since, wait: LONG_POLL }, signal);
        since = told.next_page_cursor;
        if (told.changes.length) this.#offer(words);
      }
    } catch {
      // A lost connection ends the watch; the next drawing begins another.
    } finally {
      if (this.#watching === watching) this.#watching = null;
    }
  }

  async #latest(client, signal) {
    let since = 0;
    for (;;) {
      const told = await client.get("/v1/changes", { since }, signal);
      if (!told.changes.length) return since;
      since = told.next_page_cursor;
    }
  }

  #offer(words) {
    const refresh = () => { this.#notice.replaceChildren(); this.#draw(); };
    this.#notice.replaceChildren(h("div", { class: "notice", role: "status" },
      words.say("changed"), h("button", { onclick: refresh }, words.say("refresh"))));
  }
}

customElements.define("story-cluster", StoryCluster);
