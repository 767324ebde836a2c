// What is typed into the search, understood: `stride=4 kernel=[2, 2] backend=ort` names attributes and
// columns, anything else is text. A list may hold spaces.

const QUERY_NAMES = {
  stride: "strides", dilation: "dilations", pad: "pads", padding: "pads", groups: "group", kernel_shape: "kernel",
  k: "kernel", x: "X", w: "W", b: "B", type: "dtype", size: "output_shape", says: "reason", answer: "outcome", id: "case",
};
const QUERY_BACKENDS = { ort: "onnxruntime", tf: "tensorflow", pytorch: "torch", pt: "torch" };
const QUERY_COLUMNS = ["backend", "check", "verdict", "outcome", "finding", "case", "reason", "note", "follows"];
const QUERY_DEFAULTS = { strides: 1, dilations: 1, pads: 0, output_padding: 0 };
const QUERY_WORDS = { auto_pad: "NOTSET", group: "1" };

// [{name, value}], name "" for text.
function readQuery(text) {
  const terms = [];
  for (const [, name, list, quoted, rest] of text.matchAll(/(?:([A-Za-z_]+)\s*=\s*)?(?:(\[[^\]]*\]|\([^)]*\))|"([^"]*)"|(\S+\[[^\]]*\]|\S+))/g)) {
    const value = (list ?? quoted ?? rest).toLowerCase();
    const key = (name || "").toLowerCase();
    terms.push({ name: QUERY_NAMES[key] || key, value, whole: name ? name.toLowerCase() + "=" + value : value });
  }
  return terms;
}

// The attributes that a case's summary spells out.
function readSummary(summary) {
  const said = { op: summary.split(" ", 1)[0].toLowerCase(), bias: "no" };
  for (const [, name, list, quoted, word] of summary.matchAll(/([A-Za-z_]+)=?(?:\[([^\]]*)\]|'([^']*)'|=(\w+))/g)) {
    said[name] = list === undefined ? (quoted ?? word).toLowerCase() : list.split(",").filter((n) => n.trim()).map(Number);
  }
  for (const name of ["X", "W"]) said[{ X: "input", W: "kernel" }[name]] = (said[name] || []).slice(2);
  if (said.B) said.bias = "yes";
  const [, dtype, data, opset] = summary.match(/\((\w+), ([\w-]+), opset (\d+)/) || [];
  return Object.assign(said, { dtype, data, opset });
}

const readShapes = new Map();

// What a summary says, or a shape of summaries: that is read once.
function saidBy(text, places) {
  if (!places) return readSummary(text);
  if (!readShapes.has(text)) readShapes.set(text, readSummary(text));
  return readShapes.get(text);
}

// What has to hold of the numbers of a summary's shape so that a case has what a term asks for, as `holding` says it.
function attributeHolding(said, name, value, places) {
  if (name in QUERY_DEFAULTS && !said[name]) return listHolding(Array(said.kernel.length).fill(QUERY_DEFAULTS[name]), value, places);
  const own = said[name] ?? QUERY_WORDS[name]?.toLowerCase();
  return Array.isArray(own) ? listHolding(own, value, places) : own === undefined ? null : holding(own, value, places);
}

// One number is that along every axis; several are the list itself.
function listHolding(own, value, places) {
  const wanted = (value.match(/-?\d+/g) || []).map(Number);
  if (wanted.length !== 1 || /[[(]/.test(value)) return holding(own, wanted, places);
  return own.length ? holding(own, own.map(() => wanted[0]), places) : null;
}

const QUERY_ATTRIBUTES = ["strides", "dilations", "pads", "output_padding", "output_shape", "group", "auto_pad", "kernel", "input", "X", "W", "B",
  "bias", "dtype", "opset", "data", "op"];
