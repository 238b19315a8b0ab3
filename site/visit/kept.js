import { shared } from "./store.js";

const LONGEST = 7 * 864e5;
const ITEM = ":item:";

let opening;

/** The data base, opened when the first thing is kept or looked for. */
const opened = () =>
  (opening ||= new Promise((resolve, reject) => {
    const request = indexedDB.open("firstcontact", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("kept", { keyPath: "key" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = request.onblocked = () => reject(request.error);
  }));

/** What was asked of the store, once it is really there: a commit may fail after its request has succeeded. */
const within = async (mode, act) => {
  const transaction = (await opened()).transaction("kept", mode);
  const request = act(transaction.objectStore("kept"));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
};

const forget = (key) => {
  shared.remove(ITEM + key);
  return within("readwrite", (store) => store.delete(key)).catch(() => {});
};

/** The forms of which something is kept: one entry that the embed script reads at every load, cheaply. */
const mark = (names) => (names.length ? shared.write("", names.join(" ")) : shared.remove(""));

/**
 * What is not through yet: `{ key, name, path, body, at }`, where `name` is SITE/FORM and keys sort in the order of
 * sending. It stands in IndexedDB, else in localStorage, else only in memory, where the outbox holds it anyway.
 */
export const kept = {
  /** Keeps it; false when this browser keeps nothing. */
  async put(item) {
    const names = new Set(String(shared.read("") || "").split(" ").filter(Boolean)).add(item.name);
    const marked = mark([...names]);
    // Text is kept at once in the store that needs no waiting: the page may be gone before the other answers.
    const written = typeof item.body == "string" && shared.write(ITEM + item.key, item);
    try {
      await within("readwrite", (store) => store.put(item));
      if (written) shared.remove(ITEM + item.key);
      return marked;
    } catch {
      return marked && written;
    }
  },
  async drop(key) {
    await forget(key);
    await kept.all();
  },
  /** Everything kept, in the order of sending; what is older than a week is given up. */
  async all() {
    const stored = await within("readonly", (store) => store.getAll()).catch(() => []);
    const texts = shared.names().filter((name) => name.startsWith(ITEM)).map((name) => shared.read(name));
    const known = new Map();
    for (const item of [...stored, ...texts]) if (item?.key) known.set(item.key, item);
    const fresh = [...known.values()].filter(({ at }) => Date.now() - at < LONGEST);
    for (const { key } of known.values()) if (!fresh.some((item) => item.key == key)) void forget(key);
    mark([...new Set(fresh.map(({ name }) => name))]);
    return fresh.sort((a, b) => (a.key < b.key ? -1 : 1));
  },
};
