// One step after another; what was answered leaves at the end.
const form = document.getElementById("lead");
const steps = [...form.children];
let at = 0;
const goOn = () => {
  steps[at].hidden = true;
  steps[++at].hidden = false;
  if (at == steps.length - 1) fetch("/lead", { method: "POST", body: new URLSearchParams(new FormData(form)), keepalive: true });
};
form.addEventListener("submit", (event) => {
  event.preventDefault();
  goOn();
});
form.addEventListener("click", ({ target }) => {
  if (target.type != "button") return;
  target.closest("fieldset").elements[0].value = target.value;
  goOn();
});
// Typing was possible before; from here on pressing a button does something.
form.classList.add("listening");
