// Stands between the product's WebAssembly and what it calls, so that any call can be made to fail, or WebAssembly to
// break right after it, in the middle of whatever it does. Imported before the product, which makes its instance when
// it is loaded, and a new one whenever that has broken.

/** How many more times an imported function of this name is called until it `fails` or what called it `breaks`. */
export const planned = { name: "", calls: 0, what: "breaks" };

const Instance = WebAssembly.Instance;
let newest;

/** Breaks WebAssembly as a panic does: its hook says so, and then it traps. Nothing inside can catch that. */
export function breakNow() {
  globalThis.__worker_init_state.criticalError = true;
  // More than there is: whoever asks for it is stopped by `unreachable`.
  newest.exports.__wbindgen_malloc(-1, 1);
}

WebAssembly.Instance = class extends Instance {
  constructor(module, imports) {
    const between = ([name, call]) => {
      if (typeof call !== "function") return [name, call];
      const called = (...given) => {
        const meets = planned.calls > 0 && name.startsWith(`__wbg_${planned.name}_`) && --planned.calls === 0;
        if (meets && planned.what === "fails") throw new Error("disk I/O error (injected)");
        const told = call(...given);
        // After the call: what it did is done, and nobody hears of it.
        if (meets) breakNow();
        return told;
      };
      return [name, called];
    };
    super(module, Object.fromEntries(Object.entries(imports).map(([from, all]) => [from, Object.fromEntries(Object.entries(all).map(between))])));
    newest = this;
  }
};
