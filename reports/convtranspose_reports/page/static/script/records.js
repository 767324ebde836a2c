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

const LATEST = { timeout: 100 }; // ms: a machine that is busy with other things is never idle

// Steps of work, each a function, while nothing else is to be done, and one after each such time.
function whenIdle(steps) {
  const soon = window.requestIdleCallback ?? ((then) => setTimeout(() => then({ timeRemaining: () => 0 }), 20)), left = steps[Symbol.iterator]();
  const go = (deadline) => {
    do {
      const { done, value: step } = left.next();
      if (done) return;
      step();
    } while (deadline.timeRemaining() > 2);
    soon(go, LATEST);
  };
  soon(go, LATEST);
}

function spaced(count) {
  return String(count).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

// {words, cases, kinds, rows, sets, summary, ...}: a row has the numbers of its case and of its kind, which is all that it says; cases and kinds have
// numbers of words, of sets of features and of clauses. Words that are many are put together when they are read.
async function unpacked() {
  const text = document.getElementById("records").textContent.trim();
  const bytes = await inflated(text).arrayBuffer();
  const length = new DataView(bytes).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length))), columns = columnsOf(bytes, 4 + length, head.columns);
  const under = (name) => Object.fromEntries([...columns].filter(([key]) => key.startsWith(name)).map(([key, [column]]) => [key.slice(name.length), column]));
  const told = (name) => new Spelled(head.pieces[name], columns.get("text " + name)[0], columns.get("numbers " + name) ?? []);
  const rows = under("row ");
  for (let i = 1; i < rows.case.length; i++) rows.case[i] += rows.case[i - 1];
  return { ...head, rows, kinds: under("kind "), cases: under("case "), words: { ...head.words, case: told("case"), reason: told("reason") }, summary: told("summary") };
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

// Base64 and gzip undone without asking any address.
function inflated(text) {
  const letters = atob(text), packed = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) packed[i] = letters.charCodeAt(i);
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip")));
}

// By kind, what `of` makes of it.
function byKind(of, Column = Uint8Array) {
  const column = new Column(data.kinds.verdict.length);
  for (let kind = 0; kind < column.length; kind++) column[kind] = of(kind);
  return column;
}

// The rows, the worst first, otherwise as they were asked.
function worstFirst({ kinds, rows, words, count }) {
  const ranks = words.verdict.map((word) => (VERDICTS.indexOf(word) + 1 || VERDICTS.length + 1) - 1), rank = Uint8Array.from(kinds.verdict, (verdict) => ranks[verdict]);
  const starts = new Uint32Array(VERDICTS.length + 2), order = new Uint32Array(count);
  const kind = rows.kind;
  for (let i = 0; i < count; i++) starts[rank[kind[i]] + 1]++;
  for (let r = 1; r < starts.length; r++) starts[r] += starts[r - 1];
  for (let i = 0; i < count; i++) order[starts[rank[kind[i]]]++] = i;
  return order;
}
