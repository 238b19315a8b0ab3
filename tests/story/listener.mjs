// What somebody hears who does not see the screen: the accessibility tree, and what is announced as it changes.

/** Remembers from now on what is announced: where the focus goes, and what changes inside live regions. */
export const listenToScreen = (stage) =>
  stage.form.evaluate((element) => {
    const root = element.shadowRoot;
    const heard = [];
    const LIVE = "[role=status],[role=alert],[aria-live=polite],[aria-live=assertive]";
    // As it is read out: element after element, without what is only for the eye.
    const text = (node) => [...node.childNodes].filter((child) => child.ariaHidden !== "true").map((child) => (child.nodeType === Node.ELEMENT_NODE ? text(child) : child.data)).join(" ").replace(/\s+/g, " ").trim();
    const by = (node) => root.getElementById(node.getAttribute("aria-labelledby"));
    const name = (node) => node.getAttribute("aria-label") ?? text(node.labels?.[0] ?? by(node) ?? node);
    let inside = null;
    root.addEventListener("focusin", ({ target }) => {
      // Whoever comes into a dialog is told its name first.
      const dialog = target.closest("dialog");
      if (dialog && dialog !== inside) heard.push(`dialog "${name(dialog)}"`);
      inside = dialog;
      heard.push(`focus ${target.localName} "${name(target)}"`);
    });
    // Focus that is only led on, from what is taken away to what replaces it, has not left the dialog.
    root.addEventListener("focusout", ({ relatedTarget }) => relatedTarget || queueMicrotask(() => root.activeElement ?? (inside = null)));
    const hear = (region) => {
      const kind = region.getAttribute("role") ?? region.getAttribute("aria-live");
      const said = `${kind} "${text(region)}"`;
      if (text(region) && heard.at(-1) !== said) heard.push(said);
    };
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        const region = (target.nodeType === Node.TEXT_NODE ? target.parentElement : target)?.closest?.(LIVE);
        if (region) hear(region);
      }
    }).observe(root, { subtree: true, childList: true, characterData: true });
    element.heard = heard;
  });

/** What was announced since the last time somebody asked. */
export const announced = (stage) => stage.form.evaluate((element) => element.heard.splice(0));

// What says nothing by itself; its children stand in its place.
const SILENT = new Set(["none", "generic", "InlineTextBox", "LineBreak", "RootWebArea", "LayoutTable", "ListMarker"]);
const STATES = ["invalid", "required", "disabled", "pressed", "checked", "expanded", "selected", "modal", "live", "busy", "level", "valuetext"];

/** The accessibility tree below the page's main part (or another role: all of the page is `RootWebArea`), one line per thing that a screen reader stops at. */
export async function accessibilityTree(page, from = "main") {
  const client = await page.context().newCDPSession(page);
  const { nodes } = await client.send("Accessibility.getFullAXTree");
  await client.detach();
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const lines = [];
  const tell = (node, depth, around) => {
    const role = node.role?.value;
    const name = node.name?.value?.replace(/\s+/g, " ").trim() ?? "";
    const children = (node.childIds ?? []).map((id) => byId.get(id)).filter(Boolean);
    // A text that is already the name of what it stands in is not read twice.
    const echo = role === "StaticText" && (!name || around.includes(name));
    const silent = node.ignored || SILENT.has(role) || echo;
    if (!silent) {
      const states = (node.properties ?? [])
        .filter(({ name, value }) => STATES.includes(name) && ![false, "false", "", "off"].includes(value.value))
        .map(({ name, value }) => ([true, "true"].includes(value.value) ? name : `${name}=${value.value}`));
      const described = node.description?.value ? [`described "${node.description.value.replace(/\s+/g, " ").trim()}"`] : [];
      const held = node.value?.value !== undefined && !/progress/i.test(role) ? [`holds "${node.value.value}"`] : [];
      lines.push("  ".repeat(depth) + [role === "StaticText" ? "text" : role, name && `"${name}"`, ...states.sort(), ...described, ...held].filter(Boolean).join(" "));
    }
    if (["textbox", "Date", "DateTime"].includes(role)) return;
    for (const child of children) tell(child, silent ? depth : depth + 1, silent ? around : name);
  };
  tell(nodes.find(({ role }) => role?.value === from), 0, "");
  return lines.join("\n");
}
