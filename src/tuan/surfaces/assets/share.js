// Sending something on: by the telephone's own sheet where it has one, else by copying the words that stand on the page.

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
