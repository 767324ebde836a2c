// A question in words: the backends and features that it names, what it wants to know, and the page's own sentences that say it.

const SPOKEN_BACKENDS = { // longer names before those that they hold
  "onnx[ -]?runtime|ort": "onnxruntime", "shape inference": "onnx-shape-inference", "reference ?evaluator": "onnx-reference", "pytorch|torch|pt": "torch",
  "tensorflow|tf": "tensorflow", keras: "keras", jax: "jax", openvino: "openvino", onnx: "onnx",
};
const SPOKEN_FEATURES = {
  group: "groups?|grouped", dilations: "dilations?|dilated|atrous", strides: "strides?|strided", bias: "bias(?:es)?", "auto_pad SAME_UPPER": "same_upper", "auto_pad SAME_LOWER": "same_lower",
  "auto_pad VALID": "valid", "batch above 1": "batch(?:es)?", "special values": "nans?|infinit\\w+|special values", "zero-size dimensions": "empty|zero-size dimensions",
  output_padding: "output[_ ]padding", output_shape: "output[_ ]shape",
};
const WANTED = {
  changes: "chang\\w+|new|newest|releases?|versions?|regress\\w*|fixed|br[eo]ak?e?n?|since|\\d+\\.\\d+(?:\\.\\d+)?",
  rounding: "accumulat\\w+|round\\w*|precis\\w+|accura\\w+|exact\\w*|tf32",
  support: "supports?|supported|handles?|can|cannot|works?",
  agreement: "agree\\w*|disagree\\w*|differ\\w*|compar\\w+|alike|same|vs|versus",
};
const SPOKEN_TYPES = [[/\bfp(?=\d)/gi, "float"], [/\bbf16\b/gi, "bfloat16"], [/\bhalf\b/gi, "float16"]];

// As a word of its own: not a part of a longer name.
function isSaid(pattern, text) {
  return new RegExp(`(?<![\\w-])(?:${pattern})(?![\\w-])`, "i").test(text);
}

const literally = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");

// The names that a text has in full, or else those that begin as it says; of these not the other routes of one that it says already.
function backendsSaid(text, names) {
  const whole = names.filter((name) => isSaid(literally(name), text)), begins = [];
  let rest = whole.reduce((left, name) => left.replaceAll(name, " "), text.toLowerCase());
  for (const [words, begin] of Object.entries(SPOKEN_BACKENDS)) {
    if (isSaid(words, rest)) begins.push(begin);
    rest = rest.replace(new RegExp(`(?<![\\w-])(?:${words})(?![\\w-])`, "g"), " ");
  }
  const meant = names.filter((name) => begins.some((begin) => name === begin || name.startsWith(begin + "-")));
  return names.filter((name) => whole.includes(name) || (meant.includes(name) && !meant.some((other) => name.startsWith(other + "-"))));
}

function featuresSaid(text, names) {
  return names.filter((name) => isSaid(SPOKEN_FEATURES[name] ?? literally(name), text));
}

// What the page's own sections say to it: [{says, items, to, title}], none where the question is none of theirs.
function wordsAnswered(asked) {
  const text = SPOKEN_TYPES.reduce((left, [word, type]) => left.replace(word, type), asked), wants = (what) => isSaid(WANTED[what], text);
  const backends = backendsSaid(text, askedBackends()), features = featuresSaid(text, data.words.feature), several = backends.length > 1;
  if (wants("rounding")) return roundingSaid(text, backends);
  if (wants("changes") && !(several && features.length)) return changesSaid(backends);
  if (features.length && wants("support") && !wants("agreement")) return placesOf(backends).flatMap((i) => agreementSaid([i], features));
  return several || features.length || wants("agreement") ? agreementSaid(placesOf(backends), features) : [];
}

function changesSaid(backends) {
  const parts = [...document.querySelectorAll("#changes [id^='changes/']")], meant = parts.filter((part) => backends.includes(part.id.slice(8)));
  return (meant.length ? meant : parts.filter((part) => part.matches(".changed-of"))).map((part) => {
    const steps = [...part.querySelectorAll(":scope > .step")], says = steps.length ? steps : [part.parentElement];
    return { says: says.map((each) => each.textContent).join(" ").replace(/\s+/g, " ").trim(), items: [...part.querySelectorAll(":scope > .turns > li")], to: part.id, title: "What changed" };
  });
}

function roundingSaid(text, backends) {
  const lines = [...document.querySelectorAll(".accuracy-says li")], type = (line) => line.textContent.split(":", 1)[0];
  const named = lines.filter((line) => isSaid(type(line), text)), short = named.filter((line) => type(line).endsWith("16")); // what sums go into is named beside it
  const meant = short.length ? short : named.length ? named : lines;
  return meant.map((line) => ({ says: backends.length ? roundingOf(line.textContent, backends) : line.textContent, items: [], to: "accuracy", title: document.getElementById("accuracy-title").textContent }));
}

// `float16: a, b: one class; c: another.` of some backends alone.
function roundingOf(line, backends) {
  const [type, ...rest] = line.replace(/\.$/, "").split(": "), classes = rest.join(": ").split("; ").map((part) => part.split(": "));
  const kept = classes.map(([names, said]) => [names.split(", ").filter((name) => backends.includes(name)), said]).filter(([names]) => names.length);
  return kept.length ? `${type}: ${kept.map(([names, said]) => `${names.join(", ")}: ${said}`).join("; ")}.` : line;
}

const placesOf = (names) => (names.length ? names.map((name) => data.words.backend.indexOf(name)) : usualBackends());

// Of several, who agrees; of one, what its answers come to.
function agreementSaid(backends, features) {
  if (!comparing) return [];
  const kinds = features.map((name) => data.words.feature.indexOf(name));
  const { groups } = comparedCases(backends, kinds, ""), told = backends.length > 1 ? agreement(backends, kinds, groups) : countsSaid(backends[0], features, groups);
  const query = new URLSearchParams({ backends: backends.map((i) => data.words.backend[i]).join(",") });
  if (features.length) query.set("features", features.join(",").replaceAll(" ", "_"));
  return [{ says: told.says, items: [...told.pairs, ...told.partings].map((says) => element("li", says)), to: "compare?" + query, title: "Case by case" }];
}

function answeredBlock({ says, items, to, title }) {
  const block = element("div", undefined, "answered");
  block.append(element("p", says, "lead"));
  if (items.length) {
    const list = element("ul", undefined, "turns");
    list.append(...items.map((item) => item.cloneNode(true)));
    block.append(list);
  }
  const link = element("p");
  link.append(address(title, to));
  block.append(link);
  return block;
}

// Words tick what they name.
function tickSaid(text) {
  const named = backendsSaid(text, askedBackends()), features = featuresSaid(text, data.words.feature), usual = usualBackends();
  for (const field of document.querySelectorAll("#compared-backends input")) {
    field.checked = named.length ? named.includes(data.words.backend[field.value]) : usual.includes(Number(field.value));
  }
  for (const field of document.querySelectorAll("#compared-features input")) field.checked = features.includes(data.words.feature[field.value]);
}
