// The words of the interface, and numbers, times and names said in its language.

const FINE = ["second", "minute", "hour"];
const known = new Map();

export async function loadWords(client, language) {
  const key = `${client.src} ${language}`;
  if (!known.has(key)) known.set(key, client.get(`/v1/words/${language}`));
  try {
    return new Words(language, await known.get(key));
  } catch (error) {
    known.delete(key);
    throw error;
  }
}

class Words {
  #names;
  #plural;

  constructor(language, table, zone = "UTC") {
    this.language = language;
    this.zone = zone;
    this.table = table;
    this.direction = table.direction;
    this.number = new Intl.NumberFormat(table.locale).format;
    const percent = new Intl.NumberFormat(table.locale, { style: "percent" });
    this.percent = (share) => percent.format(share);
    this.#plural = new Intl.PluralRules(table.locale);
    this.#names = new Intl.DisplayNames(table.locale, { type: "language", fallback: "code" });
  }

  /** The same words with times as clocks show them here (`local`) or everywhere (`utc`). */
  at(times) {
    return times === "local" ? new Words(this.language, this.table, null) : this;
  }

  /** A number of things, in the plural that the language has for it. */
  count(key, number) {
    const forms = this.table[`counted_${key}`];
    return (forms[this.#plural.select(number)] ?? forms.other).replace("{}", this.number(number));
  }

  say(key) {
    return this.table[key];
  }

  languageName = (code) => {
    if (this.table.languages[code]) return this.table.languages[code];
    try {
      return this.#names.of(code);
    } catch {
      return code;
    }
  }

  /** An instant no finer than its precision, with the zone of its clock; days are of UTC. */
  moment(iso, precision = "minute") {
    if (!iso) return this.say("time_unknown");
    const fine = FINE.includes(precision);
    const parts = { timeZone: this.#zoneOf(fine), year: "numeric" };
    if (precision !== "year") parts.month = "long";
    if (precision !== "year" && precision !== "month") parts.day = "numeric";
    const told = new Intl.DateTimeFormat(this.table.locale, parts).format(new Date(iso));
    if (!fine) return told;
    const time = this.clock(new Date(iso));
    return this.zone === "UTC" ? `${told} ${time} UTC` : `${told} ${time}`;
  }

  /** When an article was published, in few words; null where that is unknown. */
  short(published) {
    if (!published) return null;
    const { at, precision } = published;
    if (!FINE.includes(precision) && precision !== "day") return this.moment(at, precision);
    const fine = FINE.includes(precision);
    const day = this.day(new Date(at), fine);
    return fine ? `${day} ${this.clock(new Date(at))}` : day;
  }

  /** Day and month of a Date, on the clocks of its reader unless it is no finer than a day. */
  day(date, fine = true) {
    const parts = { timeZone: this.#zoneOf(fine), day: "numeric", month: "short" };
    return new Intl.DateTimeFormat(this.table.locale, parts).format(date);
  }

  /** Hour and minute of a Date. */
  clock(date) {
    const parts = { timeZone: this.#zoneOf(true), hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    return new Intl.DateTimeFormat(this.table.locale, parts).format(date);
  }

  #zoneOf(fine) {
    return (fine ? this.zone : "UTC") ?? undefined;
  }
}
