// What visitors and neighbours do, and what is tried where it belongs.
export default [
  { name: "double click", injected: "send is pressed twice", held: "one inquiry", seen: ["tests/stories/visitor.test.mjs", "a double click is one inquiry"] },
  { name: "two tabs", injected: "a second tab while the first is still sending", held: "one inquiry", seen: ["tests/stories/kept.test.mjs", "two tabs: while one is still sending the other waits with it"] },
  { name: "offline ten minutes", injected: "the network is gone for ten minutes by the browser's clock", held: "it says so, and then it gets through once", seen: ["tests/faults/unreachable.test.mjs", "offline for ten minutes"] },
  { name: "page closed mid-send", injected: "the page is closed right after the press", held: "it arrives", seen: ["tests/stories/kept.test.mjs", "the page closed right after the press: it arrives"] },
  { name: "storage refused", injected: "the browser stores nothing", held: "nothing is lost while the page is open", seen: ["tests/stories/kept.test.mjs", "a browser that stores nothing loses nothing while the page is open"] },
  { name: "the ledger fails a browser", injected: "the object throws while somebody fills in the form", held: "he is thanked and asked on; then his lead is there with his answers", seen: ["tests/faults/unreachable.test.mjs", "the ledger fails: the visitor is thanked"] },
  { name: "everything fails a browser", injected: "ledger and spill throw", held: "it says so, keeps it, and then it gets through once", seen: ["tests/faults/unreachable.test.mjs", "nothing durable can be reached"] },
  { name: "thirty at once", injected: "thirty requests with one id", held: "one lead, one answer", seen: ["tests/faults/intake.test.mjs", "thirty at once with one id become one lead"] },
  { name: "answers permuted", injected: "answers before their inquiry, repeated, older after newer", held: "the same final state", seen: ["tests/faults/intake.test.mjs", "answers before their inquiry wait for it"] },
  { name: "tenant A asks for B", injected: "one workspace's keys at another's leads and inquiries", held: "404, and nothing changed", seen: ["tests/faults/serve.test.mjs", "one workspace's keys open nothing of another's"] },
  { name: "restored elsewhere", injected: "a backup taken while inquiries come, restored on another server", held: "every lead, and nothing sent twice", seen: ["tests/faults/backup.test.mjs", "restored on another server"] },
  { name: "erased, then restored", injected: "a person is erased, and a backup from before is restored", held: "he is erased there too", seen: ["tests/faults/erasure.test.mjs", "after an older backup is restored the list erases again"] },
  { name: "older schema", injected: "databases of every earlier migration, with data", held: "they wake, take inquiries and deliver", seen: ["tests/faults/upgrade.test.mjs", "a ledger of migration"] },
];
