// Keeps a page alive. Everything it does is also reachable without it.

const SECOND = 1000;
const ASKS_MAX = 40;

// Countdowns: an instant that comes closer, in the reader's own clock.
function tick() {
  for (const time of document.querySelectorAll("time[data-deadline]")) {
    const left = Math.max(0, Math.floor((Date.parse(time.dataset.deadline) - Date.now()) / SECOND));
    const days = Math.floor(left / 86400);
    const clock = [Math.floor(left / 3600) % 24, Math.floor(left / 60) % 60, left % 60]
      .map((part) => String(part).padStart(2, "0"))
      .join(":");
    const words = days ? `${days}${time.dataset.days ?? "d"} ${clock}` : clock;
    if (time.textContent !== words) time.textContent = words;
    if (left === 0 && !time.dataset.over) {
      time.dataset.over = "yes";
      const live = time.closest("[data-live]");
      if (live) setTimeout(() => reload(live), 2 * SECOND);
    }
  }
}

// A fragment is fetched again from where it came from. What sat there before does not move; what is new does.
async function reload(place) {
  if (place.loading) {
    place.stale = true;
    return;
  }
  place.loading = true;
  try {
    const answer = await fetch(place.dataset.fragment, { headers: { "HX-Request": "true" } });
    if (answer.ok) show(place, await answer.text());
  } catch {
    // Offline: the page stands as it is, and the next message asks again.
  } finally {
    place.loading = false;
  }
  if (place.stale) {
    place.stale = false;
    await reload(place);
  }
}

function show(place, html) {
  const keys = new Set([...place.querySelectorAll("[data-key]")].map((seat) => seat.dataset.key));
  const open = [...place.querySelectorAll("details")].map((details) => details.open);
  const state = place.querySelector("[data-state]")?.dataset.state;
  const before = place.querySelector("[data-sentence]")?.textContent;
  place.innerHTML = html;
  place.querySelectorAll("details").forEach((details, index) => (details.open = open[index] ?? false));
  for (const seat of place.querySelectorAll("[data-key]")) seat.classList.toggle("is-new", !keys.has(seat.dataset.key));
  const ring = place.querySelector(".seats");
  if (ring) ring.classList.toggle("is-new", ring.dataset.state === "formed" && state !== "formed");
  const after = place.querySelector("[data-sentence]")?.textContent;
  const spoken = document.querySelector("[data-spoken]");
  if (spoken && after && after !== before) spoken.textContent = after;
  tick();
}

function listen(place) {
  const source = new EventSource(place.dataset.live);
  source.onmessage = () => reload(place);
  let lost = false;
  source.onerror = () => (lost = true);
  source.onopen = () => {
    if (lost) reload(place);
    lost = false;
  };
}

// An unknown outcome is asked for, more slowly each time, and only while somebody looks.
function ask(place, asked = 0) {
  const seconds = Number(place.dataset.ask) * (1 + asked / 5);
  setTimeout(async () => {
    if (!document.hidden) await reload(place);
    const open = place.querySelector('[data-state="confirming"]');
    if (open && asked < ASKS_MAX) ask(place, asked + 1);
  }, seconds * SECOND);
}

async function share(button) {
  const { share: url, words } = button.dataset;
  try {
    if (navigator.share) return await navigator.share({ text: words, url });
  } catch (error) {
    if (error.name === "AbortError") return;
  }
  document.querySelector("#share")?.scrollIntoView({ block: "center" });
  const copy = document.querySelector("[data-copy]");
  if (copy) await take(copy);
}

async function take(button) {
  const text = document.getElementById(button.dataset.copy);
  text.select();
  try {
    await navigator.clipboard.writeText(text.value);
  } catch {
    return; // No clipboard here: the words are selected and can be taken by hand.
  }
  button.querySelector("span").textContent = button.dataset.copied;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-share], [data-copy]");
  if (!button) return;
  event.preventDefault();
  if (button.dataset.copy) take(button);
  else share(button);
});

// A form whose answer is a part of this page: the rest, and what was typed there, stays.
document.addEventListener("submit", async (event) => {
  const place = document.getElementById(event.target.dataset.swap ?? "");
  if (!place) return;
  event.preventDefault();
  const query = new URLSearchParams(new FormData(event.target, event.submitter));
  const page = `${event.target.action}?${query}`;
  place.dataset.fragment = `${page}&block=${place.dataset.block}`;
  await reload(place);
  history.replaceState(null, "", page);
});

for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
for (const place of document.querySelectorAll("[data-live]")) listen(place);
for (const place of document.querySelectorAll("[data-ask]")) ask(place);
tick();
setInterval(tick, SECOND);
