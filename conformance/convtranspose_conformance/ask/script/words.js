// What is read of a text: a question in words, a layer, a node's attributes or a case; what is assumed beside it, and what is not understood.

const JOINED = String.raw`(?:[\s:=]|\b(?:sizes?|shapes?|of|is|are|was|be|only|just|to|equals?|set)\b)*`;
const SIZES = String.raw`(\[[-\d, ]+\]|\([-\d, ]+\)|-?\d+(?:\s*(?:x|×|by)\s*\d+)*)(?![\w-]|\.\d)`;
const CALLED = { // longer names before those that they hold
  output_padding: "output[_ ]paddings?", output_shape: "output[_ ](?:shape|size)s?", pads: "pads?|padding", kernel: "kernel(?:[_ ](?:size|shape))?|filter[_ ]size", strides: "strides?",
  dilations: "dilations?(?:[_ ]rate)?", group: "groups?", channels: "in[_ ]channels|channels", maps: "out[_ ]channels|filters|maps", batch: "batch(?:[_ ]size)?", opset: "opset", input: "inputs?",
};
const SHORT_NAMES = { k: "kernel", s: "strides", p: "pads", d: "dilations", g: "group", i: "input" };
const GLUED = String.raw`(?<![\w.=-])(?:[kspdg]\d+)+(?![\w.=-])`; // k4s2p1
const FRAMEWORKS = { torch: "PyTorch", tensorflow: "TensorFlow", keras: "TensorFlow", onnx: "ONNX", onnxruntime: "ONNX" };
const USUAL = { axes: "2", auto_pad: "NOTSET", dtype: "float32" };
const ALWAYS_TOLD = { input: "5", kernel: "3", strides: "1" }; // what a call is asked with where a text leaves it out

// Of a question: words are left where every attribute with its value is taken away. A pasted layer, a node or a case is none.
function isInWords(text) {
  if (LAYER.test(text) || /\b[XW]\s*\[|[{}]/i.test(text)) return false;
  return new RegExp(GLUED, "i").test(text) || /[a-z]{2}/i.test(text.replace(/[A-Za-z_]\w*\s*[=:]\s*(\[[^\]]*\]|\([^)]*\)|['"]?[\w.-]+['"]?)/g, " "));
}

// {kind, fields, assumed, left, meaning}: fields -> text as read and as assumed, the pieces that were not understood, and what else is said, null where nothing is.
function readAsked(text) {
  const spelled_ = caseNamed(text) ?? typesSpelled(text), layer = layerIn(spelled_), names = knowledge.backends.map(({ name }) => name);
  if (!layer && !isInWords(spelled_)) {
    const { fields, left } = fromAttributes(spelled_);
    return { kind: "attributes", fields, assumed: assumedBeside(fields), left, meaning: null };
  }
  const said = layer ?? readWords(spelled_), meaning = meaningOf(layer ? layer.around : spelled_, layer ? layer.around : said.rest, names);
  const { fields, left = [] } = said, assumed = layer ? {} : assumedBeside(fields), isCall = Object.keys(fields).some((field) => !["axes", "opset"].includes(field));
  if (isCall && !layer && meaning.types.length) fields.dtype = meaning.types[0];
  return { kind: layer ? "layer" : "words", fields: isCall ? fields : {}, assumed: isCall ? assumed : {}, left: [...left, ...meaning.left], meaning };
}

// Of the name of a recorded case, its summary.
function caseNamed(text) {
  if (!data || !/^\s*\S+\/\S+\s*$/.test(text)) return null;
  const at = data.words.case.equal(text.trim()).indexOf(1);
  return at < 0 ? null : data.summary.at(at);
}

// {fields, rest}: attributes with their numbers, and the text without them.
function readWords(text) {
  const fields = {}, reading = new Reading(text);
  const put = (field, value) => { fields[field] ??= /x|×|by/i.test(value) ? `[${numbersIn(value).join(", ")}]` : value; };
  reading.take(new RegExp(GLUED, "gi"), (letters) => { for (const [, letter, value] of letters.matchAll(/([a-z])(\d+)/gi)) put(SHORT_NAMES[letter.toLowerCase()], value); });
  reading.take(/(?<!\w)([kspdgi])\s*=\s*(\[[^\]]*\]|\([^)]*\)|-?\d+)/gi, (_, letter, value) => put(SHORT_NAMES[letter.toLowerCase()], value));
  reading.take(/(?<![\w-])(?:auto_pad\s*[=:]?\s*)?['"]?(SAME_UPPER|SAME_LOWER|VALID)['"]?(?![\w-])/gi, (_, word) => { fields.auto_pad = word.toUpperCase(); });
  reading.take(/\bpadding\s*[=:]?\s*['"]?same\b['"]?|['"]?\bsame\b['"]?[- ]padding\b|\bSAME\b|'same'|"same"/g, () => { fields.auto_pad ??= "SAME_UPPER"; });
  reading.take(/\b([123])-?D\b/gi, (_, axes) => { fields.axes = axes; });
  for (const [field, words] of Object.entries(CALLED)) {
    reading.take(new RegExp(`(?<![\\w-])(?:${words})${JOINED}${SIZES}`, "gi"), (_, value) => put(field, value));
    reading.take(new RegExp(`(?<![\\w.-])${SIZES}[ -](?:${words})(?![\\w-])`, "gi"), (_, value) => put(field, value));
  }
  reading.take(/(?<![\w-])output[_ ]padding(?![\w-])/gi, () => { fields.output_padding ??= "1"; });
  return { fields, rest: reading.left };
}

// Without strides, the least that output_padding stays below; nothing beside a case, which leaves nothing out.
function assumedBeside(fields) {
  if (fields.input && fields.kernel && fields.channels) return {};
  const most = Math.max(...numbersIn(fields.output_padding), 0), dilated = Math.max(...numbersIn(fields.dilations), 1);
  const assumed = most && !fields.strides && most >= dilated ? { strides: String(most + 1) } : {};
  return Object.keys(fields).length ? { ...Object.fromEntries(Object.entries(ALWAYS_TOLD).filter(([field]) => !fields[field])), ...assumed } : {};
}

const addressOfWords = (text) => "ask?" + new URLSearchParams({ layer: text });

// What was read, what was assumed, and first what was not understood.
function* readParts({ fields, assumed, left, meaning }) {
  const isCall = Object.keys(fields).length > 0, told = Object.entries(fields).filter(([field, value]) => value !== (USUAL[field] ?? "")).map(([field, value]) => (field === "bias" ? "a bias" : `${field} ${value}`));
  const named = meaning ? [...meaning.backends.map(titleOf), ...(isCall ? [] : new Set([...meaning.features, ...meaning.types]))] : [];
  const read = [...told, ...named].join(" · "), others = isCall || !meaning ? [] : meaning.assumed.map(titleOf);
  const beside = [...Object.entries(assumed).map(([field, value]) => `${field} ${value}`), ...others].join(" · ");
  if (left.length) {
    const flag = element("p", "Not understood: ", "flag");
    left.forEach((piece, i) => flag.append(i ? ", " : "", element("q", piece)));
    yield flag;
  }
  if (read || beside) yield element("p", [read && `Read: ${read}.`, beside && `Assumed: ${beside}.`].filter(Boolean).join(" "), "quiet read");
}

function titleOf(name) {
  const backend = knowledge.backends.find((each) => each.name === name);
  return backend ? backend.title : name;
}

function unread(text) {
  const says = element("p", "Nothing on this page is known by these words. It reads attributes with their numbers, names of backends and features, and whether these agree, how they round and what changed; ", "flag");
  says.append(address("look for the words in all answers", "cases?" + new URLSearchParams({ q: text })), ".");
  return says;
}
