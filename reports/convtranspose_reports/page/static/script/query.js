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

// Does a case have what a term asks for? null: the term names no attribute.
function hasAttribute(said, name, value) {
  if (name in QUERY_DEFAULTS && !said[name]) return isList(Array(said.kernel.length).fill(QUERY_DEFAULTS[name]), value);
  const own = said[name] ?? QUERY_WORDS[name]?.toLowerCase();
  if (Array.isArray(own)) return isList(own, value);
  return own !== undefined && own === value;
}

// One number is that along every axis; several are the list itself.
function isList(own, value) {
  const wanted = (value.match(/-?\d+/g) || []).map(Number);
  if (wanted.length === 1 && !/[[(]/.test(value)) return own.length > 0 && own.every((n) => n === wanted[0]);
  return wanted.length === own.length && own.every((n, i) => n === wanted[i]);
}

const QUERY_ATTRIBUTES = ["strides", "dilations", "pads", "output_padding", "output_shape", "group", "auto_pad", "kernel", "input", "X", "W", "B",
  "bias", "dtype", "opset", "data", "op"];
