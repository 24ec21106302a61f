// A team that gathers: whoever sits down moves, the ring closes, the sentence is spoken.

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
