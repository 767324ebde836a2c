// A pasted layer of PyTorch or Keras, a node's attributes, or a line of this page, as a question:
// field -> text, of those that it names.

const SPOKEN = {
  stride: "strides", dilation: "dilations", dilation_rate: "dilations", kernel_size: "kernel", kernel_shape: "kernel", k: "kernel", groups: "group",
  in_channels: "channels", c: "channels", out_channels: "maps", filters: "maps", m: "maps", n: "batch", size: "input", type: "dtype",
};
const QUESTION = ["axes", "input", "kernel", "strides", "pads", "auto_pad", "dilations", "output_padding", "output_shape", "group", "channels", "maps", "batch",
  "bias", "dtype", "opset"];
const POSITIONS = {
  torch: ["in_channels", "out_channels", "kernel_size", "stride", "padding", "output_padding", "groups", "bias", "dilation"],
  functional: ["", "", "bias", "stride", "padding", "output_padding", "groups", "dilation"],
  keras: ["filters", "kernel_size", "strides", "padding", "output_padding"],
};

function readLayer(text) {
  for (const [pattern, read] of [
    [/conv_?transpose([123])d\s*\(/i, (given, axes, whole) => fromTorch(given(/conv_transpose/.test(whole) ? "functional" : "torch"), axes, !/conv_transpose/.test(whole))],
    [/conv([123])dtranspose\s*\(/i, (given, axes) => fromKeras(given("keras"), axes)],
  ]) {
    const at = text.match(pattern);
    if (at) return read((kind) => argumentsOf(text.slice(at.index + at[0].length), POSITIONS[kind]), at[1], at[0]);
  }
  return fromAttributes(text);
}

// The arguments up to the closing parenthesis, by name.
function argumentsOf(text, positions) {
  const parts = [""];
  let depth = 0;
  for (const letter of text) {
    if ("([{".includes(letter)) depth++;
    if (")]}".includes(letter) && depth-- === 0) break;
    if (letter === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += letter;
  }
  const given = {};
  parts.map((part) => part.trim()).filter(Boolean).forEach((part, i) => {
    const [, name, value] = part.match(/^([A-Za-z_]\w*)\s*=\s*([^]*)$/) || [null, positions[i] || "", part];
    if (name) given[name] = value.trim();
  });
  return given;
}

const numbersIn = (text) => (String(text ?? "").match(/-?\d+/g) || []).map(Number);
const bracketed = (numbers) => "[" + numbers.join(", ") + "]";

function fromTorch(given, axes, isModule) {
  const pads = numbersIn(given.padding), along = pads.length === 1 ? Array(Number(axes)).fill(pads[0]) : pads;
  const bias = isModule ? given.bias !== "False" : "bias" in given && given.bias !== "None";
  return named({ ...given, axes, padding: undefined, pads: along.some(Boolean) ? bracketed([...along, ...along]) : "", auto_pad: "NOTSET", output_shape: "", bias: bias ? "yes" : "" });
}

// Keras pads `same` by half the kernel where output_padding is given.
function fromKeras(given, axes) {
  const same = /same/i.test(given.padding ?? ""), rest = { ...given, axes, padding: undefined, pads: "", output_shape: "", bias: given.use_bias === "False" ? "" : "yes" };
  if (!same || !/\d/.test(given.output_padding ?? "")) return named({ ...rest, auto_pad: same ? "SAME_UPPER" : "NOTSET" });
  const each = (text, value) => { const n = numbersIn(text); return Array.from({ length: Number(axes) }, (_, i) => n[n.length > 1 ? i : 0] ?? value); };
  const dilations = each(given.dilation_rate, 1), half = each(given.kernel_size, 1).map((k, i) => floored((k - 1) * dilations[i] + 1, 2));
  return named({ ...rest, auto_pad: "NOTSET", pads: bracketed([...half, ...half]) });
}

function named(given) {
  const asked = {};
  for (const [name, value] of Object.entries(given)) {
    const field = SPOKEN[name.toLowerCase()] ?? name;
    if (QUESTION.includes(field) && value !== undefined) asked[field] = field === "auto_pad" || field === "dtype" ? value.replace(/['"]/g, "") : value;
  }
  return asked;
}

// `stride=4 kernel=[2, 2]`, `X[1, 2, 5] W[2, 3, 3]`, `strides: 2`.
function fromAttributes(text) {
  const given = {};
  for (const [, name, list, value] of text.matchAll(/([A-Za-z_]\w*)\s*[=:]?\s*(?:(\[[^\]]*\]|\([^)\d]*\d[^)]*\))|[=:]\s*['"]?([\w.-]+))/g)) given[name] = list ?? value;
  const x = numbersIn(given.X ?? given.x), w = numbersIn(given.W ?? given.w), asked = named(given);
  if (x.length > 2) Object.assign(asked, { axes: String(x.length - 2), batch: String(x[0]), channels: String(x[1]), input: bracketed(x.slice(2)) });
  if (w.length > 2) Object.assign(asked, { kernel: bracketed(w.slice(2)), maps: String(w[1] * Number(given.group ?? given.groups ?? 1)), channels: String(w[0]) });
  if (/\bB\[\d/.test(text)) asked.bias = "yes";
  const [, dtype, opset] = text.match(/\((\w+), [\w-]+, opset (\d+)/) || [];
  if (dtype) Object.assign(asked, { dtype, opset });
  const lists = ["input", "kernel", "strides", "dilations"].map((field) => numbersIn(asked[field]).length).filter((count) => count > 1);
  if (!asked.axes && lists.length) asked.axes = String(Math.max(...lists));
  return asked;
}

const MOST = 2 ** 31 - 1; // of a number in a question: beyond it numbers are no longer exact everywhere
const OF_AXES = { strides: 1, dilations: 1, output_padding: 1, output_shape: 1, pads: 2 };

// The call that a question asks about. Throws an Error that says which field, what was found and what is accepted.
function callOf(question) {
  const axes = Number(question.axes || 2), attributes = {};
  const one = (field, otherwise) => list(field, 1, otherwise)[0];
  function list(field, count, otherwise) {
    const text = (question[field] ?? "").trim(), numbers = numbersIn(text);
    if (!text) return Array(count).fill(otherwise);
    if (!/^[[(]?\s*-?\d+(\s*[,x ]\s*-?\d+)*\s*,?\s*[\])]?$/.test(text)) throw new Error(`${field}: found ${text}, accepted are whole numbers, as in 2 or [2, 3]`);
    if (numbers.some((number) => Math.abs(number) > MOST)) throw new Error(`${field}: found ${text}, accepted are numbers up to ${MOST}`);
    return numbers.length === 1 && !/[[(]/.test(text) ? Array(count).fill(numbers[0]) : numbers;
  }
  for (const [field, times] of Object.entries(OF_AXES)) if ((question[field] ?? "").trim()) attributes[field] = list(field, times * axes);
  if (question.auto_pad && question.auto_pad !== "NOTSET") attributes.auto_pad = question.auto_pad;
  const group = one("group", 1), maps = one("maps", group), channels = one("channels", group);
  if (group !== 1) attributes.group = group;
  if (group < 1 || maps % group) throw new Error(`maps: found ${maps}, accepted is a multiple of group = ${group}`);
  const dtype = question.dtype || "float32";
  return {
    x: [one("batch", 1), channels, ...list("input", axes, 5)], w: [channels, maps / group, ...list("kernel", axes, 3)], b: question.bias ? [maps] : null,
    attributes, opset: one("opset", dtype === "bfloat16" ? 22 : 11), dtype, data: "integers", initializer: true,
  };
}
