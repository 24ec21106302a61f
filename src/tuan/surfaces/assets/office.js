// The office where scripts run: a row opens beside its table, and the place one is in stands in sight.

document.querySelector(".rail [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

const side = document.querySelector("#side");
const body = document.querySelector("#side-body");
const wide = matchMedia("(min-width: 75rem)");
const here = location.href;

// A click with a key held means another window, and whoever marks a text opens nothing.
function isPlain(event) {
  return event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.defaultPrevented);
}

document.addEventListener("click", (event) => {
  const row = event.target.closest("tr:has([data-beside])");
  const link = event.target.closest("a, button, summary, input, label") ?? row?.querySelector("[data-beside]");
  if (!link?.matches("[data-beside]") || !isPlain(event) || String(getSelection())) return;
  if (event.target.closest("a") === link && !wide.matches) return;
  event.preventDefault();
  if (wide.matches && window.htmx) link.dispatchEvent(new Event("beside"));
  else location.assign(link.href);
});

// What was answered from elsewhere, since somebody has to sign in or to confirm first, is a page of its own.
body?.addEventListener("htmx:beforeSwap", (event) => {
  const { finalRequestPath: asked, responsePath: answered } = event.detail.pathInfo;
  if (!answered || answered.split("?")[0] === asked.split("?")[0]) return;
  event.preventDefault();
  location.assign(event.detail.xhr.responseURL);
});

document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.elt.href) location.assign(event.detail.elt.href);
});

body?.addEventListener("htmx:afterSwap", (event) => {
  const link = event.detail.requestConfig.elt;
  side.setAttribute("aria-label", link.textContent.trim());
  if (!side.open) side.showModal();
  side.scrollTop = 0;
  history.pushState({ beside: true }, "", link.href);
});

// Closing it (Escape, the button, beside it, or the browser's way back) is the way back to the list and to the row.
side?.addEventListener("click", (event) => {
  if (event.target === side) side.close();
});
side?.addEventListener("close", () => {
  body.replaceChildren();
  if (history.state?.beside && location.href !== here) history.back();
});
addEventListener("popstate", () => side?.open && side.close());
