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
  const columns = columnsOf(bytes, 4 + length, data.columns), summaries = putTogether("summary", data, columns);
  for (const [name, [column]] of columns) if (!name.includes(" ")) data.rows[name] = column;
  const steps = data.rows.case;
  for (let i = 1; i < steps.length; i++) steps[i] += steps[i - 1];
  for (const name of ["case", "reason"]) data.words[name] = putTogether(name, data, columns);
  data.cases.summary = summaries;
  return data;
}

// By name, each column, or all byte columns of a name.
function columnsOf(bytes, at, listed) {
  const found = new Map();
  for (const [name, width, count] of listed) {
    at += -at & 3;
    const Kind = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array }[width];
    if (!found.has(name)) found.set(name, []);
    found.get(name).push(new Kind(bytes, at, count));
    at += width * count;
  }
  return found;
}

// Words of pieces and numbers: the first number of each word, then the second of each that has one, and so on.
function putTogether(name, data, columns) {
  const pieces = data.pieces[name], [of] = columns.get(name + " of"), planes = columns.get(name + " numbers") || [];
  const words = Array.from(of, (at) => pieces[at][0]), most = pieces.reduce((m, p) => Math.max(m, p.length), 0);
  for (let slot = 1, at = 0; slot < most; slot++) {
    for (let i = 0; i < of.length; i++) {
      const own = pieces[of[i]];
      if (slot < own.length) {
        let number = 0;
        for (let byte = planes.length - 1; byte >= 0; byte--) number = number * 256 + planes[byte][at];
        at++;
        words[i] += number + own[slot];
      }
    }
  }
  return words;
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
