// Starts the desk. It lies beside the module it starts: the page allows no script within itself.
import init from "./desk.js";

init({ module_or_path: new URL("./desk_bg.wasm", import.meta.url) }).catch((reason) => {
  console.error(reason);
  document.getElementById("desk-waits")?.setAttribute("hidden", "");
  document.getElementById("desk-failed")?.removeAttribute("hidden");
});
