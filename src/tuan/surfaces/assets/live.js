// What every page does where scripts run. Parts are fetched and swapped by htmx, as the page's own attributes say.

const SECOND = 1000;

// A line of tabs is longer than a phone is wide: the one that is open stands in sight.
for (const tab of document.querySelectorAll(".chips-line [aria-current]")) tab.scrollIntoView({ block: "nearest", inline: "center" });

// Countdowns: an instant that comes closer, in the reader's own clock. At its end it says so, until somebody acts on it.
function tick() {
  for (const time of document.querySelectorAll("time[data-deadline]")) {
    const left = Math.max(0, Math.floor((Date.parse(time.dataset.deadline) - Date.now()) / SECOND));
    const days = Math.floor(left / 86400);
    const clock = [Math.floor(left / 3600) % 24, Math.floor(left / 60) % 60, left % 60]
      .map((part) => String(part).padStart(2, "0"))
      .join(":");
    const words = days ? `${days}${time.dataset.days} ${clock}` : clock;
    if (time.textContent !== words) time.textContent = words;
    time.dataset.ticks = "";
    if (left === 0) time.dispatchEvent(new Event("deadline", { bubbles: true }));
  }
}

// htmx comes when somebody first touches the page, where the page says that it can wait; until then links do what is needed.
const later = document.querySelector("meta[name=htmx-later]");
const touches = ["pointerdown", "pointerover", "keydown", "scroll", "touchstart"];
function fetchHtmx() {
  for (const touch of touches) removeEventListener(touch, fetchHtmx);
  document.head.append(Object.assign(document.createElement("script"), { src: later.content }));
}
if (later) for (const touch of touches) addEventListener(touch, fetchHtmx, { passive: true });

// The page to show when there is no line is fetched when somebody stays long enough to touch something.
addEventListener("pointerdown", () => navigator.serviceWorker?.register("/sw.js").catch(() => {}), { once: true });


// Nothing is asked for again and again while nobody looks: only such a request was caused by no event.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && !event.detail.requestConfig.triggeringEvent) event.preventDefault();
});

// A part that was answered from elsewhere (whoever is not signed in any more) is a page of its own.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { finalRequestPath: asked, responsePath: answered } = event.detail.pathInfo;
  if (!answered || answered.split("?")[0] === asked.split("?")[0]) return;
  event.preventDefault();
  location.assign(event.detail.xhr.responseURL);
});

// A refused part leaves the page as it is (htmx's own rule); a refused link leads to the page that says why.
document.addEventListener("htmx:responseError", (event) => {
  const { href } = event.detail.elt;
  if (href) location.assign(href);
});

// The choices of a place come later than their page, so a way back would find none of them. The history keeps what was chosen.
const places = () => document.querySelector(".divisions");
function keepPlace() {
  const fields = [...(places()?.querySelectorAll("select, input") ?? [])].map((field) => [field.name, field.value]);
  if (fields.length) history.replaceState({ ...history.state, place: Object.fromEntries(fields) }, "");
}
document.addEventListener("change", (event) => event.target.closest(".divisions") && keepPlace());
document.addEventListener("htmx:replacedInHistory", keepPlace);

async function bringPlaceBack({ province, city = "", ...rest }) {
  const chosen = new URLSearchParams({ block: "divisions", province, city });
  await htmx.ajax("GET", `/divisions?${chosen}`, { target: places(), swap: "outerHTML" });
  for (const [name, value] of Object.entries(rest)) {
    const field = places().querySelector(`[name="${CSS.escape(name)}"]`);
    if (field) field.value = value;
  }
}
if (history.state?.place && places()) bringPlaceBack(history.state.place);

document.addEventListener("htmx:afterSwap", tick);
tick();
setInterval(tick, SECOND);
