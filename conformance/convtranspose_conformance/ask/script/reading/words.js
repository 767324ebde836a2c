// What is read of a text: a question in words, a layer, a node's attributes or a case; what is assumed beside it, and what is not understood.

const JOINED = String.raw`(?:[\s:=]|\b(?:sizes?|shapes?|lengths?|of|is|are|was|be|only|just|to|equals?|set)\b)*`;
const SIZES = String.raw`(\[[-\d, ]+\]|\([-\d, ]+\)|-?\d+(?:\s*(?:x|×|by)\s*\d+|,\d+)*|${NUMBER_WORDS.join("|")})(?![\w-]|\.\d)`;
const CALLED = { // longer names before those that they hold
  output_padding: "output[_ ]paddings?", output_shape: "output[_ ]shapes?", pads: "pads?|paddings?", kernel: "kernel(?:[_ ](?:size|shape))?|filter[_ ]size", strides: "strides?",
  dilations: "dilations?(?:[_ ]rate)?", group: "groups?", channels: "in(?:put)?[_ ]channels|channels", maps: "out(?:put)?[_ ]channels|filters|maps", batch: "batch(?:[_ ]size)?", opset: "opset", input: "inputs?(?:_(?:sizes?|shapes?))?|(?:image|img)[_ ]size",
};
const ANY_CALLED = Object.values(CALLED).join("|");
const SHORT_NAMES = { op: "output_padding", k: "kernel", s: "strides", p: "pads", d: "dilations", g: "group", i: "input" };
const GLUED = String.raw`(?<![\w.=-])(?:(?:op|[kspdg])\d+)+(?![\w.=-])`; // k4s2p1op1
const FRAMEWORKS = { torch: "PyTorch", tensorflow: "TensorFlow", keras: "TensorFlow", onnx: "ONNX", onnxruntime: "ONNX" };
const USUAL = { axes: "2", auto_pad: "NOTSET", dtype: "float32" };
const OF_FEATURES = { // the field that says what a feature is about
  group: "group", dilations: "dilations", strides: "strides", bias: "bias", output_padding: "output_padding", output_shape: "output_shape", "1-D": "axes", "2-D": "axes", "3-D": "axes", "batch above 1": "batch",
  "auto_pad SAME_UPPER": "auto_pad", "auto_pad SAME_LOWER": "auto_pad", "auto_pad VALID": "auto_pad", float16: "dtype", float32: "dtype", float64: "dtype", bfloat16: "dtype", "opset 1": "opset", "opset 22": "opset", "zero-size dimensions": "batch",
};
const AT_LEAST = ["input", "kernel", "strides", "pads", "dilations", "output_padding", "output_shape", "group", "batch", "auto_pad"]; // of these a call has one
const DECIDES = /same|valid|pad|strid|kern|dilat|group|shape|size|[<>]/i; // what changes a verdict
const NEGATION = /\b(not|except|without|unless|neither|never|no)\b/i;
const ALWAYS_TOLD = { input: "5", kernel: "3", strides: "1" }; // what a call is asked with where a text leaves it out

// Of a question: words are left where every attribute with its value is taken away. A pasted layer, a node or a case is none.
function isInWords(text) {
  if (LAYER.test(text) || /\b[XW]\s*\[|[{}]/i.test(text)) return false;
  return new RegExp(GLUED, "i").test(text) || /[a-z]{2}/i.test(text.replace(/[A-Za-z_]\w*\s*[=:]\s*(\[[^\]]*\]|\([^)]*\)|['"]?[\w.-]+['"]?)/g, " "));
}

// {kind, isCall, fields, assumed, left, keywords, changed, notes, outputs, factor, isSought, meaning}: is a call spoken of, fields -> text as read and as assumed, the pieces that were not understood, the names by which a misspelt one is told, the words that were read as others, what is to be known of the layer, sizes of outputs that are stated, how many times the input's sizes they are, whether pads are looked for, and what else is said,
// null where nothing is.
function readAsked(text) {
  if (text.length > MOST_ASKED) return { kind: "attributes", isCall: false, fields: {}, assumed: {}, left: [], keywords: [], changed: [], outputs: [], meaning: null };
  const written = caseNamed(text) ?? variablesPut(fromLibtorch(listingPut(nodePut(messagePut(typesSpelled(tensorsPlain(text))))))), layer = layerIn(written);
  if (layer) return readLayer(layer);
  if (!isInWords(written)) {
    const { fields, left: unread } = fromAttributes(written), [outputs, left] = [true, false].map((isOutput) => unread.filter((piece) => /^(?:output|y)=[\d[(]/i.test(piece) === isOutput));
    return { kind: "attributes", isCall: Object.keys(fields).length > 0, fields, assumed: assumedBeside(fields), left, keywords: keywordsOf("attributes"), changed: [], outputs: outputs.map((piece) => piece.replace(/^\w+=/, "")), meaning: null };
  }
  const { text: said, changed } = corrected(written), { fields, left, outputs, factor, rest, isGuessed, isSought } = readWords(said), meaning = meaningOf(outputs.length || factor || isSought ? withoutSought(said) : said, rest, backendNames());
  const isOther = isForward(written), clauses = isOther ? [] : clausesAsked(said), isText = isOfText(clauses, fields, isGuessed, [...left, ...meaning.left], meaning), isCall = !isOther && !isText && isCallOf(fields, isGuessed, meaning), types = meaning.types.filter((type) => type !== fields.dtype);
  if (isCall && types.length) fields.dtype ??= types.shift();
  const unsaid = isCall ? meaning.features.filter((name) => !fields[OF_FEATURES[name]]) : [];
  const assumed = isCall ? assumedBeside(fields) : {}, unused = isCall ? left : left.filter((piece) => !AUTO_PADS.includes(piece));
  if (isGuessed) { assumed.output_padding = fields.output_padding; delete fields.output_padding; }
  return { kind: "words", isCall, isForward: isOther, fields: isCall ? fields : {}, assumed: isCall ? assumed : {}, left: isText ? leftOfClauses([...left, ...meaning.left], clauses) : [...new Set([...unused, ...meaning.left, ...unsaid])], clauses: isText || isCall ? clauses : [], changed, outputs, factor, isSought, meaning };
}

const backendNames = () => knowledge.backends.map(({ name }) => name);

// Is it a call of the forward convolution, which this page does not work out?
const isForward = (text) => /\bconv[123]d\s*\(|(?<![\w-])conv(?:olution)?s?(?![\w-])/i.test(text) && !/transpos|deconv|fractional/i.test(text);

// A node as ONNX's helper and printers write it, as its attributes: of its inputs the third one is B.
function nodePut(text) {
  const names = (list) => list.split(",").map((name) => name.trim()), biasOf = (list) => (/\w/.test(names(list)[2] ?? "") ? " bias=True " : " "), plain = (attributes) => attributes.replace(/(\w+)\s*:\s*\w+\s*=/g, "$1=").replace(/,?\s*onnx_name\s*=\s*"[^"]*"/, "");
  return text
    .replace(/(?:\b\w{1,80}\s*=\s*)?(?:\b\w{1,80}\s*\.\s*){0,6}\bmake_node\s*\(\s*['"]ConvTranspose['"]\s*,\s*(?:inputs\s*=\s*)?[[(]([^\])]*)[\])]\s*,\s*(?:outputs\s*=\s*)?[[(][^\])]*[\])]\s*,?([^]*)\)/, (_, inputs, rest) => ` ConvTranspose ${rest} ${biasOf(inputs)}`)
    .replace(/(?:(?<![\w./:%"])%?"?[\w./:]{1,200}"?\s{0,4}(?::[^=\n]{0,200})?=\s*)?(?:onnx::)?\bConvTranspose\s*(?:\[([^\n()]*)\]|<([^<>\n]*)>)\s*\(([^()\n]*)\)/, (_, listed, typed, inputs) => ` ConvTranspose ${plain(listed ?? typed)} ${biasOf(inputs)}`)
    .replace(/(?<![\w.])ConvTranspose\s*\(((?:\s*%?\w+(?:\[[^\]]*\])?\s*,){2}\s*%?\w+(?:\[[^\]]*\])?)\s*(?=[,)])/, (whole, inputs) => (/=|\b\d+\b(?![^[]*\])/.test(inputs) ? whole : `${whole}, bias=True `));
}

// A node as protobuf prints it: `op_type: "ConvTranspose" attribute { name: "strides" ints: 2 ints: 2 }`.
function messagePut(text) {
  if (!/\bop_type\s*:\s*["']?ConvTranspose\b/.test(text)) return text;
  const attributes = [...text.matchAll(/\battribute\s*\{([^{}]*)\}/g)].map(([, inside]) => {
    const name = inside.match(/\bname\s*:\s*["'](\w+)/)?.[1], each = [...inside.matchAll(/\bints?\s*:\s*(-?\d+)|\bi\s*:\s*(-?\d+)/g)], word = inside.match(/\bs\s*:\s*["'](\w+)/)?.[1];
    return name ? `${name}=${word ?? (each.length === 1 && each[0][2] !== undefined ? each[0][2] : `[${each.map(([, many, one]) => many ?? one).join(", ")}]`)}` : "";
  });
  const inputs = [...text.matchAll(/\binput\s*:\s*["']([^"']*)/g)].map(([, name]) => name);
  return ` ConvTranspose ${attributes.join(" ")} ${inputs[2] ? "bias=True" : ""} `;
}

// What a listing of a node has beside its attributes, as Netron's: its type and name, and `ai.onnx v11`, which is the opset.
const listingPut = (text) => text.replace(/\b(?:op_?)?type\s*[:=]?\s*['"]?ConvTranspose\b['"]?/gi, " ConvTranspose ").replace(/\bmodule\s*:?\s*ai\.onnx(?:\s+v(\d+))?/gi, (_, opset) => (opset ? ` opset=${opset} ` : " ")).replace(/\bname\s*:\s*\S+(?=\s+[a-z_]+\s*:|\s*$)/gi, " ");

// `k = 4` before a pasted layer is the k in it.
function variablesPut(text) {
  const at = text.match(LAYER) ?? text.match(JAX), known = {};
  if (!at) return text;
  const head = text.slice(0, at.index).replace(/(^|[\s;])([A-Za-z_]\w*)\s*=\s*(\d+)(?=[\s;]|$)/g, (_, before, name, value) => { known[name] = value; return before; });
  const names = Object.keys(known);
  return names.length ? head + text.slice(at.index).replace(new RegExp(`(?<![\\w.])(?:${names.join("|")})(?![\\w.(]|\\s*=[^=])`, "g"), (name) => known[name]) : text;
}

// Attributes without a number are features where it is asked who agrees, or what changed.
function isCallOf(fields, isGuessed, { wants }) {
  const told = AT_LEAST.filter((field) => fields[field] && !(field === "output_padding" && isGuessed)), numbers = told.filter((field) => field !== "auto_pad");
  if (numbers.length) return true;
  return (told.length > 0 || isGuessed) && !wants.includes("agreement") && !wants.includes("changes");
}

// Is it asked what the text says, and not what a backend does with a call? With a call's numbers it is asked what becomes of that.
function isOfText(clauses, fields, isGuessed, left, { text, backends, wants }) {
  const hasNumbers = AT_LEAST.some((field) => field !== "auto_pad" && fields[field] && !(field === "output_padding" && isGuessed));
  const isOfReleases = wants.includes("changes") && !/\bchanges?\b/i.test(text), asksWhoAgrees = wants.includes("agreement") && /\bagree|\bdisagree|\bframeworks?\b|\bbackends?\b|\bruntimes?\b/i.test(text);
  if (!clauses.length || hasNumbers || isOfReleases || asksWhoAgrees) return false;
  return !backends.length || left.some((piece) => !AUTO_PADS.includes(piece));
}

// A layer, and the words beside it: those tell what the layer leaves open.
function readLayer({ fields, left, keywords, assumed, channelsLast, weights, around, isPadded = false, notes = [], settled = (fields) => ({ fields, left: [] }) }) {
  const beside = readWords(around, { axes: fields.axes, channelsLast, weights }), meaning = meaningOf(around, beside.rest, backendNames()), asked = { ...beside.fields }, unused = [];
  if (meaning.types.length) asked.dtype ??= meaning.types[0];
  for (const [field, value] of Object.entries(asked)) {
    if (fields[field] === value || fields[field] === `${value}`) continue;
    if (field === "output_size") { if (!sizedTo(fields, asked.input, value)) unused.push(`output_size ${value}`); }
    else if (fields[field] && field !== "auto_pad" && !isSameNumber(fields[field], value)) unused.push(`${field} ${value}`);
    else fields[field] = value;
  }
  const open = Object.fromEntries(Object.entries({ ...assumed, ...channelsAssumed(fields) }).filter(([field]) => !fields[field])), last = settled(fields);
  return { kind: "layer", isCall: true, fields: last.fields, assumed: open, left: [...left, ...last.left, ...beside.left, ...unused, ...meaning.left], keywords, changed: [], notes, isPadded, outputs: beside.outputs, factor: beside.factor, isSought: beside.isSought, meaning };
}

// PyTorch's output_size chooses output_padding.
function sizedTo(fields, input, value) {
  const axes = Number(fields.axes), each = (text, usual) => { const n = numbersIn(text); return Array.from({ length: axes }, (_, i) => (n.length > 1 ? n[i] : (n[0] ?? usual))); };
  if (!input || !fields.kernel) return false;
  const [sizes, inputs, kernel, strides, dilations, pads] = [[value], [fields.input ?? input], [fields.kernel], [fields.strides, 1], [fields.dilations, 1], [fields.pads, 0]].map(([text, usual]) => each(text, usual));
  const extra = sizes.slice(-axes).map((size, i) => size - (strides[i] * (inputs[i] - 1) + (kernel[i] - 1) * dilations[i] + 1 - 2 * pads[i]));
  if (extra.some((one) => one < 0)) return false;
  if (extra.some(Boolean)) fields.output_padding = bracketed(extra);
  return true;
}

const isSameNumber = (one, other) => numbersIn(one).join() === numbersIn(other).join();

// An input of as many numbers as X has axes is X's shape.
function fitted({ input, ...asked }, channelsLast = false) {
  const numbers = numbersIn(input), lists = ["kernel", "strides", "dilations"].map((field) => numbersIn(asked[field]).length).filter((count) => count > 1);
  const axes = Number(asked.axes ?? (lists.length ? Math.max(...lists) : numbers.length > 3 ? numbers.length - 2 : Math.max(numbers.length, 1)));
  const told = numbers.length > 1 || lists.length || asked.axes ? { ...asked, axes: String(axes) } : asked;
  const hasBatch = numbers.length === axes + 2, hasChannels = hasBatch || (asked.axes && axes > 1 && numbers.length === axes + 1);
  if (!hasChannels) return input ? { ...told, input } : told;
  const own = hasBatch ? numbers.slice(1) : numbers, sizes = channelsLast ? own.slice(0, -1) : own.slice(1), channels = own.at(channelsLast ? -1 : 0);
  return { ...told, ...(hasBatch && { batch: String(numbers[0]) }), channels: told.channels ?? String(channels), input: bracketed(sizes) };
}

// Of the name of a recorded case, its summary.
function caseNamed(text) {
  if (!data || !/^\s*\S+\/\S+\s*$/.test(text)) return null;
  const at = data.words.case.equal(text.trim()).indexOf(1);
  return at < 0 ? null : data.summary.at(at);
}

// {fields, left, outputs, factor, rest, isGuessed, isSought}: attributes with their numbers, numbers of what has one already, sizes of outputs that are stated, how many times the input's sizes they are, 0 where that is not said, the text without all of them, whether output_padding was named without a number, and whether pads are looked for.
function readWords(text, { channelsLast = false, weights = "last", ...known } = {}) {
  const fields = {}, left = [], reading = new Reading(text), called = Object.entries(CALLED);
  const put = (field, value, as = "") => {
    const word = NUMBER_WORDS.indexOf(value.toLowerCase()), one = value.match(/^[[(]\s*(-?\d+)\s*,?\s*[\])]$/)?.[1], read = word >= 0 ? String(word) : one ?? (/x|×|by|,/i.test(value) && !/[[(]/.test(value) ? `[${numbersIn(value).join(", ")}]` : value);
    if (fields[field] && !isSameNumber(fields[field], read)) left.push(`${as || field} ${value}`);
    else fields[field] ??= read;
  };
  const putWord = (field, value) => { if (fields[field] && fields[field] !== value) left.push(value); else fields[field] = value; };
  reading.take(new RegExp(GLUED, "gi"), (letters) => { for (const [, letter, value] of letters.matchAll(/(op|[a-z])(\d+)/gi)) put(SHORT_NAMES[letter.toLowerCase()], value); });
  reading.take(/(?<!\w)([kspdgi])\s*=\s*(\[[^\]]*\]|\([^)]*\)|-?\d+)/gi, (_, letter, value) => put(SHORT_NAMES[letter.toLowerCase()], value));
  reading.take(/\boutput_size\s*=?\s*(\[[\d,\s]+\]|\([\d,\s]+\)|\d+)/gi, (_, value) => { fields.output_size = value; });
  const outputs = [...takeFromTo(reading, put), ...takeOutputs(reading, true)];
  reading.take(/\bdtype\s*=\s*['"]?(b?float(?:16|32|64))['"]?/gi, (_, type) => { fields.dtype ??= type.toLowerCase(); });
  takeTensors(reading, put, fields, weights);
  reading.take(/(?<![\w-])(?:auto_pad\s*[=:]?\s*)?['"]?(SAME[_ -]?UPPER|SAME[_ -]?LOWER|VALID|NOTSET)['"]?(?![\w-])/gi, (_, word) => putWord("auto_pad", word.toUpperCase().replace(/^SAME[ -]?(?=[UL])/, "SAME_")));
  for (const same of [/\bpadding\s*[=:]?\s*['"]?same\b['"]?|['"]?\bsame\b['"]?[- ]padding\b|'same'|"same"/gi, /\bSAME\b/g]) reading.take(same, () => putWord("auto_pad", "SAME_UPPER"));
  reading.take(/\bconv_?transpose([123])d\b|\bconv([123])d_?transpose\b|\b([123])-?D\b/gi, (_, ...axes) => putWord("axes", axes.find((each) => each && /^[123]$/.test(each))));
  reading.take(/\bempty batch\b/gi, () => put("batch", "0"));
  reading.take(/\bnegative (?:pads?|paddings?)\b/gi, () => put("pads", "-1"));
  reading.take(/\b(?:no|without(?: an?)?) bias\b|\bbias\s*=\s*False\b/gi, () => {});
  reading.take(/\bwith (?:a )?bias\b|\bbias\s*=\s*True\b/gi, () => { fields.bias = "yes"; });
  for (const [field, words] of called) reading.take(new RegExp(`(?<![\\w-])(${words})\\s*[:=]?\\s*(${NUMBERS_LISTED})(?![ -](?:${ANY_CALLED})(?![\\w-]|\\s*[:=]|\\s+-?[\\d[(]))`, "gi"), (_, as, value) => put(field, value, as));
  for (const [field, words] of called) reading.take(new RegExp(`(?<![\\w-])(${words})${JOINED}${SIZES}`, "gi"), (_, as, value) => put(field, value, as));
  for (const [field, words] of called) reading.take(new RegExp(`(?<![\\w.-])${SIZES}[ -](${words})(?![\\w-])`, "gi"), (_, value, as) => put(field, value, as));
  outputs.push(...takeOutputs(reading, false));
  if ((outputs.length || text.search(SOUGHT) >= 0) && !fields.input) reading.take(/\b(?:from|on) (?:an? )?(\d+)(?![\w.-]|\s*[x×,]\s*\d)/gi, (_, value) => put("input", value));
  if (outputs.length) outputs.push(...takeContrasts(reading));
  if (!fields.input) {
    let first = true; // sizes that belong to nothing else
    reading.take(/(?<![\w.-])(?:on |of |for |from |given )?(?:an? )?(?:(\d+(?:\s*[x×]\s*\d+)+)|(?:\b(?:on|for|given|from|shape|size|sized)[ :=]+)[([](\d+(?:\s*,\s*\d+)+)[)\]])(?![\w-]|\.\d)/gi, (whole, sizes, list) => { if (first) put("input", sizes ?? `[${list}]`); else left.push(whole.trim()); first = false; });
  }
  if (!fields.auto_pad && AT_LEAST.some((field) => fields[field])) reading.take(/(?<!\b(?:the|stay|stays|exactly) )\bsame\b(?=\s*(?:$|[|,.?!;]|(?:in|on|for|with|pad|mode)\b))/gi, () => putWord("auto_pad", "SAME_UPPER"));
  if (!known.axes && AT_LEAST.some((field) => fields[field])) reading.take(/(?<![\w-])bias(?![\w-]|\s*[=:])/gi, () => { fields.bias ??= "yes"; });
  const factor = takeFactor(reading);
  let isSought = false; // pads, or output_padding
  if (outputs.length || factor || ((fields.auto_pad || fields.output_shape) && fields.kernel)) reading.take(SOUGHT, () => { isSought = true; });
  let isGuessed = false;
  reading.take(/(?<![\w-])output[_ ]padding(?![\w-])/gi, () => { isGuessed ||= !fields.output_padding; fields.output_padding ??= "1"; });
  if (fields.output_size && !known.axes) { left.push(`output_size ${fields.output_size}`); delete fields.output_size; }
  const fit = fitted({ ...known, ...fields }, channelsLast), pads = numbersIn(fit.pads), axes = Number(fit.axes ?? 2);
  if (pads.length > 1 && pads.length === axes && /padding/i.test(text)) fit.pads = bracketed([...pads, ...pads]); // along each axis, at both ends
  return { fields: fit, left, outputs, factor, rest: reading.left, isGuessed, isSought };
}

// Without strides, the least that output_padding stays below; nothing beside a case, which leaves nothing out.
function assumedBeside(fields) {
  if (fields.input && fields.kernel && fields.channels) return {};
  const most = Math.max(...numbersIn(fields.output_padding), 0), dilated = Math.max(...numbersIn(fields.dilations), 1);
  const assumed = most && !fields.strides && most >= dilated ? { strides: String(most + 1) } : {};
  return Object.keys(fields).length ? { ...Object.fromEntries(Object.entries(ALWAYS_TOLD).filter(([field]) => !fields[field])), ...assumed, ...channelsAssumed(fields) } : {};
}

// Of groups, as many maps and channels in each as tell runtimes apart that know one alone.
function channelsAssumed({ group, channels, maps }) {
  const [groups = 1] = numbersIn(group);
  return groups > 1 ? { ...(channels ? {} : { channels: String(2 * groups) }), ...(maps ? {} : { maps: String(2 * groups) }) } : {};
}

const addressOfWords = (text) => "ask?" + new URLSearchParams({ layer: text });

// Where a number, a `not`, a misspelt name or one of what decides was not understood, what is read is not what was asked.
const isDoubtful = ({ left, keywords = [] }) => left.some((piece) => /\d/.test(piece) || NEGATION.test(piece) || DECIDES.test(piece) || nameMeant(piece, keywords));

const MOST_ASKED = 20000; // characters of a question
const MOST_LEFT = 12, LONGEST_LEFT = 80; // pieces that were not understood, as they are shown
const shortened = (piece) => (piece.length > LONGEST_LEFT ? `${piece.slice(0, LONGEST_LEFT)}…` : piece);

// What was read, what was assumed, and first what was not understood.
function* readParts(read) {
  const { isCall, fields, assumed, left, keywords = [], changed, outputs, factor, meaning } = read;
  const told = Object.entries(fields).filter(([field, value]) => value !== (USUAL[field] ?? "")).map(([field, value]) => (field === "bias" ? "a bias" : `${field} ${value}`));
  const named = meaning ? [...meaning.backends.map(titleOf), ...(isCall ? [] : new Set([...meaning.features, ...meaning.types]))] : [];
  const shown = [...told, ...outputs.map((sizes) => `an output of ${sizes}`), ...(factor ? [`an output of ${factor} times the input`] : []), ...named, ...changed.map(([typed, meant]) => `“${typed}” as ${meant}`)].join(" · "), others = isCall || !meaning ? [] : meaning.assumed.map(titleOf);
  const beside = [...Object.entries(assumed).map(([field, value]) => `${field} ${value}`), ...others].join(" · ");
  if (left.length) {
    const flag = element("p", "Not understood: ", "flag");
    left.slice(0, MOST_LEFT).forEach((piece, i) => {
      const meant = nameMeant(piece, keywords);
      flag.append(i ? ", " : "", element("q", shortened(piece)), meant ? ` (did you mean ${meant}?)` : "");
    });
    if (left.length > MOST_LEFT) flag.append(` and ${left.length - MOST_LEFT} more`);
    if (isCall && isDoubtful(read)) flag.append(". So there is neither size nor verdict. ", address("The call as far as it was read", addressOfQuestion(questionOf())), " has both.");
    yield flag;
  }
  if (shown || beside) yield element("p", [shown && `Read: ${shown}.`, beside && `Assumed: ${beside}.`].filter(Boolean).join(" "), "quiet read");
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
