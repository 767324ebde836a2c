// A pasted layer of PyTorch or Keras, a node's attributes, or a line of this page, as a question: field -> text, of those that it names, and what it says beside them.

const SPOKEN = {
  stride: "strides", dilation: "dilations", dilation_rate: "dilations", kernel_size: "kernel", kernel_shape: "kernel", k: "kernel", groups: "group",
  in_channels: "channels", c: "channels", out_channels: "maps", filters: "maps", m: "maps", n: "batch", size: "input", type: "dtype",
};
const QUESTION = ["axes", "input", "kernel", "strides", "pads", "auto_pad", "dilations", "output_padding", "output_shape", "group", "channels", "maps", "batch",
  "bias", "dtype", "opset", "data"];
const POSITIONS = {
  torch: ["in_channels", "out_channels", "kernel_size", "stride", "padding", "output_padding", "groups", "bias", "dilation"],
  functional: ["input", "weight", "bias", "stride", "padding", "output_padding", "groups", "dilation"],
  keras: ["filters", "kernel_size", "strides", "padding", "output_padding"],
  layers: ["inputs", "filters", "kernel_size", "strides", "padding"],
  nn: ["input", "filters", "output_shape", "strides", "padding", "data_format", "dilations", "name"],
};

const LAYER = /\bconv_?transpose([123])d\s*\(|\bconv([123])dtranspose\s*\(|\bconv([123])d_transpose\s*\(/i;
const NO_PART_IN_IT = /^(device|name|trainable|data_format|domain|doc_string|\w+_(initializer|regularizer|constraint))$/i; // of a layer's arguments
const KEYWORDS = { // by which a misspelt name is told, and beside POSITIONS those that none of them is
  torch: ["padding_mode", "device", "dtype"], functional: [], keras: ["dilation_rate", "data_format", "activation", "use_bias", "input_shape", "name", "dtype", "trainable"], layers: ["data_format", "activation", "use_bias", "name", "trainable", "reuse"], nn: [],
  attributes: ["strides", "pads", "dilations", "kernel_shape", "auto_pad", "output_padding", "output_shape", "group", "kernel", "stride", "padding", "dilation", "groups", "kernel_size", "input", "bias", "opset", "dtype", "channels", "maps", "batch", "data"],
};
const NUMBERS_LISTED = String.raw`-?\d+(?:\s*,\s*-?\d+(?![\w.-]|\s*(?:[x×]|by)\s*\d))+`; // as listings have them: `pads: 1, 0, 1, 0`

// {fields, left, assumed, channelsLast, around}: a layer's arguments as fields of a question, those that are none, what is assumed beside them, the order of its input, and the text beside
// the layer; null where there is none.
function layerIn(text) {
  const at = text.match(LAYER);
  if (!at) return jaxIn(text);
  const [whole, torchAxes, kerasAxes, nnAxes] = at, isFunction = /conv_transpose/.test(whole), from = at.index + whole.length, prefix = text.slice(0, at.index).match(/[\w.]*$/)[0];
  const isPaddle = kerasAxes && /paddle/.test(prefix), isLayers = nnAxes && /layers\.$/.test(prefix) && !/contrib/.test(prefix);
  const kind = isPaddle ? "torch" : kerasAxes ? "keras" : isLayers ? "layers" : nnAxes ? "nn" : isFunction ? "functional" : "torch", { given, end, foreign } = argumentsOf(text.slice(from), POSITIONS[kind], keywordsOf(kind));
  if (kerasAxes && !isPaddle && /Conv[123]dT/.test(whole)) foreign.push(`${whole.slice(0, -1)}, MindSpore's layer`);
  const read = isPaddle ? fromTorch(given, kerasAxes, true) : kerasAxes ? fromKeras(given, kerasAxes) : isLayers ? fromKeras(withoutInputs(given), nnAxes) : nnAxes ? fromNn(given, nnAxes) : fromTorch(given, torchAxes, !isFunction), { fields } = read;
  const open = { ...(fields.input ? {} : { input: "5" }), ...(fields.kernel ? {} : { kernel: "3" }), ...(read.left.some((each) => each.startsWith("stride")) ? { strides: "1" } : {}) };
  return { ...read, left: [...foreign, ...read.left], keywords: keywordsOf(kind), assumed: { ...open, ...read.assumed }, channelsLast: !torchAxes && !isPaddle && !/first|NC/.test(given.data_format ?? ""), weights: torchAxes ? "last" : "hwoi", around: aroundOf(text, at.index, from + end + 1) };
}

const withoutInputs = ({ inputs, ...given }) => given;

// The text beside a layer, without the name that it is given and that of its module, and without layers that keep sizes.
const aroundOf = (text, begin, end) => keepersOut(text.slice(0, begin).replace(/((auto\s+)?[\w.]+\s*=\s*|\(\w+\)\s*:\s*)?[\w.:]*$/, " ") + " | " + text.slice(end).replace(/^\s*\(\s*\w+\s*\)/, " "));
const keepersOut = (text) => text.replace(/(?:\b[A-Za-z_]\w*\.)*\b(?:Sequential\s*\(|(?:(?:Batch|Instance|Layer|Group)Norm(?:alization)?[123]?d?|(?:Leaky|P)?ReLU6?|E?LU|GELU|SiLU|Sigmoid|Tanh|Dropout[123]?d?|Identity|Activation)\s*\([^()]*\))/g, " | ");

const keywordsOf = (kind) => [...(POSITIONS[kind] ?? []), ...KEYWORDS[kind]].filter(Boolean);

// Of `stide=2` the name that is meant; undefined where it is none that is misspelt.
function nameMeant(piece, keywords) {
  const [, name] = piece.match(/^([A-Za-z_]\w{3,})\s*=/) ?? [], apart = (each) => lettersApart(name.toLowerCase(), each);
  if (!name || keywords.includes(name.toLowerCase())) return undefined;
  const [near] = keywords.filter((each) => apart(each) <= (each.length > 5 ? 2 : 1)).sort((a, b) => apart(a) - apart(b));
  return near;
}

// {given, end, foreign}: the arguments up to the closing parenthesis, by name, where that is, and those by names that another framework or ONNX has.
function argumentsOf(text, positions, keywords) {
  const parts = [""], given = {}, foreign = [];
  let depth = 0, end = 0;
  for (const letter of text) {
    if ("([{".includes(letter)) depth++;
    if (")]}".includes(letter) && depth-- === 0) break;
    if (letter === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += letter;
    end += letter.length;
  }
  parts.map((part) => part.trim()).filter(Boolean).forEach((part, i) => {
    const [, name, value] = part.match(/^([A-Za-z_]\w*)\s*=\s*([^]*)$/) || [null, positions[i] ?? part, part];
    if (name in given) foreign.push(`${name} twice`);
    else if ((name in SPOKEN || QUESTION.includes(name)) && !keywords.includes(name)) foreign.push(`${name}=${value.trim()}`);
    else if (name) given[name] = value.trim();
  });
  return { given, end, foreign };
}

const numbersIn = (text) => (String(text ?? "").match(/-?\d+/g) || []).map(Number);
const bracketed = (numbers) => "[" + numbers.join(", ") + "]";

function fromTorch(given, axes, isModule) {
  const { padding, padding_mode, input, weight, ...own } = given, rest = { ...own, ...(isModule ? {} : tensorsOf(input, weight, Number(axes), own.groups)) }, pads = numbersIn(padding && numbersRead(padding)), along = pads.length === 1 ? Array(Number(axes)).fill(pads[0]) : pads;
  const isNone = /^(false|none|0)$/i.test(given.bias), bias = isModule ? !isNone : "bias" in given && !isNone, other = { ...(padding && !pads.length && { padding }), ...(padding_mode && !/zeros/i.test(padding_mode) && { padding_mode }) };
  return named({ ...rest, ...other, axes, pads: along.some(Boolean) ? bracketed([...along, ...along]) : "", auto_pad: "NOTSET", output_shape: "", bias: bias ? "yes" : "" });
}

// X and W of a function, as far as its call makes them: `torch.randn(1, 16, 7, 7)`.
function tensorsOf(input, weight, axes, groups) {
  const [x, w] = [input, weight].map((text) => (/[(\[]/.test(text ?? "") ? numbersIn(text) : []).filter((size) => size >= 0)), told = {};
  if (x.length === axes + 2) Object.assign(told, { n: String(x[0]), c: String(x[1]), size: bracketed(x.slice(2)) });
  if (w.length === axes + 2) Object.assign(told, { in_channels: String(w[0]), out_channels: String(w[1] * (Number(groups) || 1)), kernel_size: bracketed(w.slice(2)) });
  return told;
}

// Keras works out the size, and TensorFlow where that begins: `settled` makes pads of it once the kernel is known.
function fromKeras({ padding, use_bias, input_shape, output_padding, ...given }, axes) {
  const same = /same/i.test(padding ?? ""), other = padding && !/same|valid/i.test(padding) ? { padding } : {};
  const rest = { ...given, ...other, axes, pads: "", output_shape: "", bias: /^(false|none|0)$/i.test(use_bias ?? "") ? "" : "yes", ...shapeOfKeras(input_shape, Number(axes), given.data_format) };
  return { ...named({ ...rest, auto_pad: same && !/\d/.test(output_padding ?? "") ? "SAME_UPPER" : "NOTSET" }), isPadded: true, settled: (fields) => padsOfKeras(fields, same, output_padding, Number(axes)) };
}

// {fields, left}: what Keras's padding comes to as attributes of ONNX. Source: keras, compute_conv_transpose_output_shape; TensorFlow's SAME begins half of what is too much in.
function padsOfKeras(fields, same, output_padding, axes) {
  const each = (text, usual) => { const n = numbersIn(text); return Array.from({ length: axes }, (_, i) => n[n.length > 1 ? i : 0] ?? usual); };
  const strides = each(fields.strides, 1), dilations = each(fields.dilations, 1), isTold = /\d/.test(output_padding ?? ""), told = each(output_padding, 0);
  const reach = each(fields.kernel, 3).map((k, i) => (k - 1) * dilations[i] + 1), more = reach.map((k, i) => (same ? (isTold ? (k % 2) + told[i] : strides[i]) : isTold ? k + told[i] : Math.max(k, strides[i])));
  if (Math.max(...strides) > 1 && Math.max(...dilations) > 1) return { fields, left: [`dilation_rate ${fields.dilations} beside strides, which Keras refuses`] };
  if (isTold && told.some((extra, i) => extra >= strides[i])) return { fields, left: [`output_padding ${output_padding}, which Keras refuses`] };
  if (same && more.some((size, i) => size < 1 || size > strides[i])) return { fields, left: [`output_padding ${output_padding}, which TensorFlow refuses`] };
  const begins = reach.map((k, i) => (same ? floored(Math.max(k - more[i], 0), 2) : 0)), ends = reach.map((k, i) => k - more[i] - begins[i]), extra = ends.map((end) => Math.max(-end, 0));
  if (same && !isTold && !extra.some(Boolean)) return { fields: { ...fields, auto_pad: "SAME_UPPER" }, left: [] };
  const pads = [...begins, ...ends.map((end) => Math.max(end, 0))];
  return { fields: { ...fields, auto_pad: "NOTSET", ...(pads.some(Boolean) && { pads: bracketed(pads) }), ...(extra.some(Boolean) && { output_padding: bracketed(extra) }) }, left: [] };
}

// input_shape has no batch.
function shapeOfKeras(shape, axes, order = "") {
  const numbers = numbersIn(shape);
  if (!shape) return {};
  if (/None/.test(shape) && numbers.length === 1) return { in_channels: String(numbers[0]) };
  if (numbers.length !== axes + 1) return { input_shape: shape };
  const isFirst = /first/.test(order);
  return { input: bracketed(isFirst ? numbers.slice(1) : numbers.slice(0, -1)), in_channels: String(numbers.at(isFirst ? 0 : -1)) };
}

// tf.nn: the input is worked out from the output's shape, of VALID with a kernel that is assumed.
function fromNn({ input: x, output_shape = "", strides = "1", padding = "", dilations = "1", filters, ...rest }, axes) {
  const count = Number(axes), isFirst = /NC/.test(rest.data_format ?? ""), weights = /[(\[]/.test(filters ?? "") ? numbersIn(filters) : [], spatial = (numbers) => (numbers.length === count + 2 ? (isFirst ? numbers.slice(2) : numbers.slice(1, -1)) : numbers.length === 1 ? Array(count).fill(numbers[0]) : numbers);
  const shape = numbersRead(output_shape) === null ? [] : numbersIn(output_shape), steps = spatial(numbersIn(numbersRead(strides) ?? "")), apart = spatial(numbersIn(numbersRead(dilations) ?? ""));
  const sizes = shape.length === count + 2 ? spatial(shape) : [], same = /same/i.test(padding), other = {
    ...(sizes.length ? {} : { output_shape }), ...(steps.length === count ? {} : { strides }), ...(!padding || /same|valid/i.test(padding) ? {} : { padding }),
  };
  const isWhole = weights.length === count + 2, kernel = isWhole ? weights.slice(0, count) : Array(count).fill(3), own = isWhole ? { kernel: bracketed(kernel), channels: String(weights.at(-1)) } : {};
  const reach = apart.map((each, i) => (kernel[i] - 1) * each + 1), input = sizes.map((size, i) => (same ? -floored(-size, steps[i]) : floored(size - reach[i], steps[i]) + 1));
  const extra = same ? [] : sizes.map((size, i) => size - steps[i] * (input[i] - 1) - reach[i]), asked = same && sizes.some((size, i) => size !== input[i] * steps[i]);
  const read = named({
    ...rest, ...other, axes, bias: "", auto_pad: same ? "SAME_UPPER" : "NOTSET", ...(sizes.length && { input: bracketed(input), batch: String(shape[0]), maps: String(shape.at(isFirst ? 1 : -1)) }), ...own,
    ...(steps.length === count && { strides: bracketed(steps) }), ...(apart.some((each) => each !== 1) && { dilations: bracketed(apart) }), ...(asked && { output_shape: bracketed(sizes) }),
    ...(extra.some(Boolean) && { output_padding: bracketed(extra) }),
  });
  return { ...read, assumed: isWhole ? {} : { kernel: "3" } };
}

// {fields, left}: arguments by the names that a question has; what has none, or no number where one belongs, is left.
function named(given) {
  const fields = {}, left = [];
  for (const [name, value] of Object.entries(given)) {
    const field = SPOKEN[name.toLowerCase()] ?? name, read = readValue(field, value);
    if (QUESTION.includes(field) && read !== null) fields[field] = read;
    else if (!NO_PART_IN_IT.test(name) && !(field === "output_padding" && value === "None")) left.push(name === value ? value : `${name}=${value}`);
  }
  return { fields, left };
}

const WORDS_OF = { data: /^[\w-]*$/, axes: /^[123]$/, auto_pad: /^(NOTSET|VALID|SAME_UPPER|SAME_LOWER)$/, dtype: /^b?float(16|32|64)$/, bias: /^(yes|no|)$/ };

function readValue(field, value) {
  if (field === "dtype") value = value.replace(/^.*\./, "");
  if (field in WORDS_OF) return WORDS_OF[field].test(value.replace(/['"]/g, "")) ? value.replace(/['"]/g, "") : null;
  return value === "" ? value : numbersRead(value);
}

// {fields, left} of `stride=4 kernel=[2, 2]`, `X[1, 2, 5] W[2, 3, 3]`, `strides: 2, 3`.
function fromAttributes(text) {
  const given = {}, reading = new Reading(text);
  reading.take(/\((\w+), ([\w-]+), opset (\d+)[^)]*\)/, (_, dtype, numbers, opset) => Object.assign(given, { dtype, opset, data: numbers === "integers" ? "" : numbers }));
  reading.take(new RegExp(`([A-Za-z_]\\w*)\\s*[=:]?\\s*(${NUMBERS_LISTED})`, "g"), (_, name, numbers) => { given[name] = `[${numbers}]`; });
  reading.take(/([A-Za-z_]\w*)\s*[=:]?\s*(?:(\[[^\]]*\]|\([^)\d]*\d[^)]*\))|[=:]\s*['"]?([\w.-]+)['"]?)/g, (_, name, list, value) => { given[name] = list ?? value; });
  reading.take(/\b(?:no|without(?: an?)?) bias\b|\bbias\s*[=:]\s*(?:False|None|no|0)\b/gi, () => { given.bias = ""; });
  reading.take(/\b(?:with (?:a )?)?bias\b(?!\s*[=:])/gi, () => { given.bias ??= "yes"; });
  reading.takeWords("ConvTranspose");
  const { X, W, B, x = X, w = W, b = B, ...rest } = given, input = numbersIn(x), weights = numbersIn(w), short = Object.entries(rest).map(([name, value]) => [SHORT_NAMES[name] ?? name, value]);
  const { fields, left } = named(Object.fromEntries(short));
  if (input.length > 2) Object.assign(fields, { axes: String(input.length - 2), batch: String(input[0]), channels: String(input[1]), input: bracketed(input.slice(2)) });
  if (weights.length > 2) Object.assign(fields, { kernel: bracketed(weights.slice(2)), maps: String(weights[1] * Number(fields.group ?? 1)), channels: String(weights[0]) });
  if (b) fields.bias = "yes";
  const lists = ["input", "kernel", "strides", "dilations"].map((field) => numbersIn(fields[field]).length).filter((count) => count > 1);
  const pads = numbersIn(fields.pads).length;
  if (!fields.axes && (lists.length || (pads > 1 && pads % 2 === 0))) fields.axes = String(lists.length ? Math.max(...lists) : pads / 2);
  return { fields, left: [...left, ...reading.pieces] };
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
    attributes, opset: one("opset", dtype === "bfloat16" ? 22 : 11), dtype, data: question.data || "integers", initializer: true,
  };
}
