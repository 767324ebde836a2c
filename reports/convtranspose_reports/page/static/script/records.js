// The answers of the run as columns: words once, each column as indices into them.

// What sections want called: at the start, and when the answers are there.
const starting = [], afterAnswers = [];

const VERDICTS = ["fails", "stale", "deviates", "conforms", "declined", "unsupported"]; // the worst first
const GLYPHS = { conforms: "✓", deviates: "≠", fails: "✗", stale: "!", unsupported: "–", declined: "⊘" };

function element(tag, text, name) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (name) made.className = name;
  return made;
}

function spaced(count) {
  return String(count).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

async function unpacked() {
  const text = document.getElementById("records").textContent.trim();
  const bytes = await inflated(text).arrayBuffer();
  const length = new DataView(bytes).getUint32(0, true);
  const data = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)));
  let at = 4 + length;
  for (const [name, width] of data.columns) {
    at += -at & 3;
    const Kind = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array }[width];
    data.rows[name] = new Kind(bytes, at, data.count);
    at += width * data.count;
  }
  return data;
}

// Base64 and gzip undone without asking any address.
function inflated(text) {
  const letters = atob(text), packed = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) packed[i] = letters.charCodeAt(i);
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip")));
}

// The rows, the worst first, otherwise as they were asked.
function worstFirst(data) {
  const rank = data.words.verdict.map((word) => (VERDICTS.indexOf(word) + 1 || VERDICTS.length + 1) - 1);
  const starts = new Uint32Array(VERDICTS.length + 2), verdicts = data.rows.verdict, order = new Uint32Array(data.count);
  for (let i = 0; i < data.count; i++) starts[rank[verdicts[i]] + 1]++;
  for (let r = 1; r < starts.length; r++) starts[r] += starts[r - 1];
  for (let i = 0; i < data.count; i++) order[starts[rank[verdicts[i]]]++] = i;
  return order;
}
