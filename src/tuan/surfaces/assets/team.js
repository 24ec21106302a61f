// A team that gathers: whoever sits down moves, the ring closes, the sentence is spoken, a friend is invited.

const seats = document.querySelector("#seats");
let before;

function look() {
  return {
    keys: new Set([...seats.querySelectorAll("[data-key]")].map((seat) => seat.dataset.key)),
    state: seats.querySelector("[data-state]").dataset.state,
    sentence: seats.querySelector("[data-sentence]").textContent,
  };
}

seats.addEventListener("htmx:beforeSwap", () => (before = look()));

// Told once for each node that came in; the first time, all of them are there.
seats.addEventListener("htmx:afterSwap", () => {
  if (!before) return;
  const { keys, state, sentence } = before;
  const after = look();
  before = undefined;
  for (const seat of seats.querySelectorAll("[data-key]")) seat.classList.toggle("is-new", !keys.has(seat.dataset.key));
  seats.querySelector("[data-state]").classList.toggle("is-new", after.state === "formed" && state !== "formed");
  if (after.state !== state) document.title = document.title.split(" · ").slice(-2).join(" · "); // no seats left to count
  if (after.sentence !== sentence) document.querySelector("[data-spoken]").textContent = after.sentence;
});

async function share({ share: url, words }) {
  try {
    if (navigator.share) return await navigator.share({ text: words, url });
  } catch (error) {
    if (error.name === "AbortError") return;
  }
  // The words stand on a page that was loaded while the team gathered.
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
  else share(button.dataset);
});

for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
if (navigator.share) for (const button of document.querySelectorAll("[data-share]")) button.hidden = false;
