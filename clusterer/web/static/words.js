// The words of the interface, and numbers, times and names said in its language.

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
    const fine = ["second", "minute", "hour"].includes(precision);
    const parts = { timeZone: (fine ? this.zone : "UTC") ?? undefined, year: "numeric" };
    if (precision !== "year") parts.month = "long";
    if (precision !== "year" && precision !== "month") parts.day = "numeric";
    const told = new Intl.DateTimeFormat(this.table.locale, parts).format(new Date(iso));
    if (!fine) return told;
    const clock = { timeZone: this.zone ?? undefined, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    const time = new Intl.DateTimeFormat(this.table.locale, clock).format(new Date(iso));
    return this.zone === "UTC" ? `${told} ${time} UTC` : `${told} ${time}`;
  }
}
