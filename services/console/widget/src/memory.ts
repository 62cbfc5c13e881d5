// What is kept in the browser between visits: who the visitor is and which conversation goes on. Where the browser keeps
// nothing for this page, it is kept until the page is left.

/** The conversation that goes on. */
export interface Kept {
  id: string;
  /** The number of the last message that was read. */
  last: number;
  /** What was pressed or filled in, by the answer that it led to: the server keeps values, not the words on a button. */
  pressed: Record<string, string>;
}

const PRESSED = 60;
const BYTES = 24;

export class Memory {
  private readonly prefix: string;
  private readonly here = new Map<string, string>();

  /** Separate for every key: two assistants on one site know nothing of each other. */
  constructor(key: string) {
    this.prefix = `paigong:${key.split("_").slice(0, 2).join("_")}:`;
  }

  /** The id that the visitor is known by. Nobody else can guess it, so it is a secret as well. */
  visitor(): string {
    const known = this.read("visitor");
    if (known && /^visitor-[\w-]{22,64}$/.test(known)) return known;
    const bytes = crypto.getRandomValues(new Uint8Array(BYTES));
    const made = `visitor-${btoa(String.fromCharCode(...bytes))
      .replaceAll("+", "-")
      .replaceAll("/", "_")}`;
    this.write("visitor", made);
    return made;
  }

  conversation(user: string): Kept | undefined {
    try {
      const kept: unknown = JSON.parse(this.read(`conversation:${user}`) ?? "null");
      if (typeof kept !== "object" || kept === null) return undefined;
      const { id, last, pressed } = kept as Partial<Kept>;
      if (typeof id !== "string" || typeof last !== "number") return undefined;
      return { id, last, pressed: typeof pressed === "object" ? pressed : {} };
    } catch {
      return undefined;
    }
  }

  keep(user: string, kept: Kept | undefined): void {
    if (!kept) return this.write(`conversation:${user}`, undefined);
    const pressed = Object.fromEntries(Object.entries(kept.pressed).slice(-PRESSED));
    this.write(`conversation:${user}`, JSON.stringify({ ...kept, pressed }));
  }

  private read(name: string): string | undefined {
    try {
      return localStorage.getItem(this.prefix + name) ?? this.here.get(name);
    } catch {
      return this.here.get(name);
    }
  }

  private write(name: string, value: string | undefined): void {
    if (value === undefined) this.here.delete(name);
    else this.here.set(name, value);
    try {
      if (value === undefined) localStorage.removeItem(this.prefix + name);
      else localStorage.setItem(this.prefix + name, value);
    } catch {
      // Refused or full: it is remembered until the page is left.
    }
  }
}
