// A question in words: the backends and features that it names, what it wants to know, and the page's own sentences that say it.

const SPOKEN_BACKENDS = {
  "onnx runtime": "onnxruntime", onnxruntime: "onnxruntime", ort: "onnxruntime", pytorch: "torch", torch: "torch", pt: "torch", tensorflow: "tensorflow", tf: "tensorflow",
  keras: "keras", jax: "jax", referenceevaluator: "onnx-reference", "reference evaluator": "onnx-reference", "shape inference": "onnx-shape-inference", openvino: "openvino",
};
const SPOKEN_FEATURES = {
  group: "groups?|grouped", dilations: "dilations?|dilated|atrous", strides: "strides?|strided", bias: "bias(?:es)?", "auto_pad SAME_UPPER": "same_upper", "auto_pad SAME_LOWER": "same_lower",
  "auto_pad VALID": "valid", "batch above 1": "batch(?:es)?", "special values": "nans?|infinit\\w+|special values", "zero-size dimensions": "empty|zero-size dimensions",
};
const WANTED = {
  changes: "chang\\w+|new|newest|releases?|versions?|regress\\w*|fixed|broke|broken|since",
  rounding: "accumulat\\w+|round\\w*|precis\\w+|accura\\w+|tf32",
  agreement: "agree\\w*|disagree\\w*|differ\\w*|compar\\w+|alike|same|vs|versus",
};

// As a word of its own: not a part of a longer name.
function isSaid(pattern, text) {
  return new RegExp(`(?<![\\w-])(?:${pattern})(?![\\w-])`, "i").test(text);
}

const literally = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");

// The names that a text has in full, or else those that begin as it says; of these not the other routes of one that it says already.
function backendsSaid(text, names) {
  const whole = names.filter((name) => isSaid(literally(name), text)), rest = whole.reduce((left, name) => left.replaceAll(name, " "), text.toLowerCase());
  const begins = Object.keys(SPOKEN_BACKENDS).filter((word) => isSaid(word, rest)).map((word) => SPOKEN_BACKENDS[word]);
  const meant = names.filter((name) => begins.some((begin) => name === begin || name.startsWith(begin + "-")));
  return names.filter((name) => whole.includes(name) || (meant.includes(name) && !meant.some((other) => name.startsWith(other + "-"))));
}

function featuresSaid(text, names) {
  return names.filter((name) => isSaid(SPOKEN_FEATURES[name] ?? literally(name), text));
}

function wantedBy(text) {
  return Object.keys(WANTED).filter((name) => isSaid(WANTED[name], text));
}

// What the page's own sections say to it: [{says, to, title, more}], none where the question is none of theirs.
function wordsAnswered(text) {
  const wanted = wantedBy(text), backends = backendsSaid(text, askedBackends()), features = featuresSaid(text, data.words.feature);
  if (wanted.includes("rounding")) return roundingSaid(text, backends);
  if (wanted.includes("agreement") || (backends.length > 1 && !wanted.includes("changes"))) return agreementSaid(backends, features);
  return wanted.includes("changes") ? changesSaid(backends) : [];
}

function changesSaid(backends) {
  const parts = [...document.querySelectorAll("#changes [id^='changes/']")], meant = parts.filter((part) => backends.includes(part.id.slice(8)));
  return (meant.length ? meant : parts.filter((part) => part.matches(".changed-of"))).map((part) => {
    const step = part.querySelector(".step"), says = step ?? part.parentElement;
    return { says: says.textContent.replace(/\s+/g, " ").trim(), items: step ? [...part.querySelectorAll(":scope > .turns > li")] : [], to: part.id, title: "What changed" };
  });
}

function roundingSaid(text, backends) {
  const lines = [...document.querySelectorAll(".accuracy-says li")], type = (line) => line.textContent.split(":", 1)[0];
  const named = lines.filter((line) => isSaid(type(line), text)), first = named.sort((a, b) => text.indexOf(type(a)) - text.indexOf(type(b))).slice(0, 1);
  const meant = first.length ? first : lines;
  return meant.map((line) => ({ says: backends.length ? roundingOf(line.textContent, backends) : line.textContent, items: [], to: "accuracy", title: "Accuracy, number type by number type" }));
}

// `float16: a, b: one class; c: another.` of some backends alone.
function roundingOf(line, backends) {
  const [type, ...rest] = line.replace(/\.$/, "").split(": "), classes = rest.join(": ").split("; ").map((part) => part.split(": "));
  const kept = classes.map(([names, said]) => [names.split(", ").filter((name) => backends.includes(name)), said]).filter(([names]) => names.length);
  return kept.length ? `${type}: ${kept.map(([names, said]) => `${names.join(", ")}: ${said}`).join("; ")}.` : line;
}

function agreementSaid(named, features) {
  if (!comparing) return [];
  const all = usualBackends(), places = named.map((name) => data.words.backend.indexOf(name)), backends = places.length > 1 ? places : all;
  const kinds = features.map((name) => data.words.feature.indexOf(name)), found = comparedCases(backends, kinds, ""), told = agreement(backends, kinds, found);
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
