// An export that tells how far it is, and can be stopped. Where no scripts run the link is the browser's own download.

const link = document.querySelector("[data-export]");
const box = document.querySelector("[data-export-box]");
const [bar, words, stop] = ["progress", "[data-rows]", "button"].map((part) => box.querySelector(part));
const language = document.documentElement.lang;
const [LINE_END, QUOTE] = [10, 34];
let going;

function tell(text, values = {}) {
  words.textContent = text.replace(/\{(\w+)\}/g, (_, name) => values[name].toLocaleString(language));
}

// A line ends where no quotation is open; the first one names the columns.
function counter() {
  let [lines, isQuoted] = [0, false];
  return (bytes) => {
    for (const byte of bytes) {
      if (byte === QUOTE) isQuoted = !isQuoted;
      else if (byte === LINE_END && !isQuoted) lines += 1;
    }
    return Math.max(0, lines - 1);
  };
}

function begin(about) {
  box.hidden = false;
  stop.hidden = false;
  bar.hidden = false;
  if (about) bar.max = about;
  bar.removeAttribute("value");
}

async function fetchRows(url, signal) {
  const answer = await fetch(url, { signal });
  if (answer.redirected) return location.assign(`/office/confirm?next=${encodeURIComponent(location.pathname + location.search)}`);
  if (!answer.ok) return location.assign(url);
  const [, about, more] = /^(\d+)(\+?)$/.exec(answer.headers.get("x-rows"));
  const [parts, count, reader] = [[], counter(), answer.body.getReader()];
  begin(Number(about));
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    parts.push(step.value);
    const rows = count(step.value);
    if (!more) bar.value = rows;
    tell(more ? words.dataset.more : words.dataset.rows, { rows, about: Number(about) });
  }
  return new Blob(parts, { type: "text/csv" });
}

function keep(file) {
  const url = URL.createObjectURL(file);
  Object.assign(document.createElement("a"), { href: url, download: link.dataset.export }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

link.addEventListener("click", async (event) => {
  event.preventDefault();
  if (going) return;
  going = new AbortController();
  begin();
  tell(words.dataset.begun);
  try {
    const file = await fetchRows(link.href, going.signal);
    if (file) keep(file);
  } catch {
    bar.hidden = true;
    tell(going.signal.aborted ? words.dataset.stopped : words.dataset.broken);
  }
  stop.hidden = true;
  going = undefined;
});

stop.addEventListener("click", () => going?.abort());
