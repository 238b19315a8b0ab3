import { kept } from "./kept.js";
import { takeTurn } from "./turn.js";

let last = 0;

/** A key that sorts after every earlier one of its inquiry. */
const keyOf = (id) => {
  last = Math.max(last + 1, Date.now() * 100);
  return `${id}:${last}`;
};

const idOf = ({ key }) => key.split(":")[0];

/** A file's body cannot be stored as it is sent; its pieces can. */
const packed = (body) => (typeof body == "string" ? body : { pieces: [...body] });
const unpacked = (body) => {
  if (typeof body == "string") return body;
  const form = new FormData();
  for (const [name, value] of body.pieces) form.append(name, value);
  return form;
};

/**
 * Keeps everything that leaves through this visit's outbox until it is through, and holds the turn for its inquiry,
 * so that no other tab sends it meanwhile. `secured(true)` is called once this browser really keeps it.
 */
export const safekeep = (visit, secured) => {
  const { outbox, name, base } = visit;
  const turns = new Map();

  outbox.keep = async (item) => {
    const [id] = visit.ids;
    if (!turns.has(id)) turns.set(id, takeTurn(id));
    item.key ||= keyOf(id);
    const { key, path, body } = item;
    const stored = await kept.put({ key, name, base, path, body: packed(body), at: Date.now() });
    // It may have gone through while it was being stored.
    if (!outbox.unsent.has(item)) await kept.drop(key);
    else secured(stored);
  };
  outbox.drop = async (item) => {
    if (item.key) await kept.drop(item.key);
    if (outbox.unsent.size) return;
    for (const [id, turn] of turns) {
      turns.delete(id);
      turn.then((release) => release?.());
    }
  };
  for (const item of outbox.unsent) outbox.keep(item);
};

/** What is kept of one inquiry now. */
export const keptOf = async (id) => (await kept.all()).filter((item) => idOf(item) == id);

/**
 * Sends what is kept of one inquiry, without a word to the visitor, who may be elsewhere by now. A tab that is still
 * at it goes first; what is left then is sent.
 */
const deliver = async ({ tools: { openOutbox } }, id, recorded) => {
  const release = await takeTurn(id);
  const items = await keptOf(id);
  if (!items.length) return release();
  const outbox = openOutbox(items[0].base, () => {});
  outbox.drop = ({ key }) => kept.drop(key);
  const sent = items.map(({ path, body, key, name }) =>
    outbox.send(path, unpacked(body), { key }).then((reply) => {
      if (path == "/v1/inquiries") recorded(id, JSON.parse(reply), name.split("/")[1]);
    }),
  );
  await Promise.allSettled(sent);
  release();
};

/**
 * Takes up what an earlier page could not send. `mine(inquiry, answers)` is offered what belongs to this visit's form
 * and takes it by returning true; the rest is sent in the background, and `recorded` hears of it.
 */
export const takeUp = async (visit, mine, recorded) => {
  const ours = new Set([...visit.outbox.unsent].map(({ key }) => key));
  const inquiries = new Map();
  for (const item of await kept.all()) {
    if (!ours.has(item.key)) inquiries.set(idOf(item), [...(inquiries.get(idOf(item)) || []), item]);
  }
  let taken = false;
  for (const [id, items] of inquiries) {
    const isMine = !taken && items[0].name == visit.name && items[0].path == "/v1/inquiries";
    if (isMine && (await mine(id, items))) taken = true;
    else deliver(visit, id, recorded);
  }
  return taken;
};

export { takeTurn, unpacked };
