// A question in words: the call that it speaks of, what is said of the backends that it names, and what other sections answer.

const CALL_WORDS = /\b(strides?|kernel(?:[ _](?:size|shape))?|dilations?|groups?|output[_ ]padding|pads|padding|inputs?|opset)\s*(?:sizes?)?\s*(?:=|:|of|is)?\s*(\[[-\d, ]+\]|-?\d+(?:\s*x\s*\d+)*)(?![\w.-])/gi;
const BEFORE = /(?<![\w.-])(\d+(?:\s*x\s*\d+)*) (kernel|groups|input)\b/gi;
const WORD_FIELDS = { s: "strides", k: "kernel", d: "dilations", g: "group", i: "input", p: "pads" };
const YES_OR_NO = /^\s*(does|do|is|are|can|will)\b/i;
const FRAMEWORKS = { torch: "PyTorch", tensorflow: "TensorFlow", keras: "TensorFlow", onnx: "ONNX", onnxruntime: "ONNX" };

// Of a question: words are left where every attribute with its value is taken away. A pasted layer, a node or a case is none.
function isInWords(text) {
  if (/conv\w*\s*\(|\b[XW]\s*\[|[{}]/i.test(text)) return false;
  return /[a-z]{2}/i.test(text.replace(/[A-Za-z_]\w*\s*[=:]\s*(\[[^\]]*\]|\([^)]*\)|['"]?[\w.-]+['"]?)/g, " ")) && /\s/.test(text.trim());
}

// Attributes with their numbers; output_padding alone is 1, below a stride of 2.
function readWords(text) {
  const asked = {}, [auto] = text.match(/SAME_(UPPER|LOWER)|\bVALID\b/i) ?? [], [, axes] = text.match(/\b([123])-?D\b/i) ?? [];
  const put = (name, value) => {
    const field = /^opset/i.test(name) ? "opset" : /^output/i.test(name) ? "output_padding" : WORD_FIELDS[name[0].toLowerCase()];
    asked[field] = /x/i.test(value) ? `[${numbersIn(value).join(", ")}]` : value;
  };
  for (const [, value, name] of text.matchAll(BEFORE)) put(name, value);
  for (const [, name, value] of text.matchAll(CALL_WORDS)) put(name, value);
  if (auto) asked.auto_pad = auto.toUpperCase();
  if (/\boutput[_ ]padding\b/i.test(text) && !asked.output_padding) Object.assign(asked, { strides: asked.strides ?? "2", output_padding: "1" });
  if (!Object.keys(asked).some((field) => field !== "opset")) return {};
  const [dtype] = text.match(/\bb?float(16|32|64)\b/i) ?? [];
  return { ...asked, ...(axes && { axes }), ...(dtype && { dtype: dtype.toLowerCase() }) };
}

function readAsked(text) {
  return isInWords(text) ? readWords(text) : readLayer(text);
}

const addressOfWords = (text) => "ask?" + new URLSearchParams({ layer: text });

// A call is answered as a call; of anything else what the sections say stands alone.
function askInWords(text) {
  if (Object.keys(readWords(text)).length) { ask(); return; }
  answered.replaceChildren();
  saidInWords.replaceChildren();
  if (!data) return;
  const said = wordsAnswered(text), to = addressOfWords(text), end = element("p");
  end.append(address("The address of this question", to), " ", copyLink(to));
  saidInWords.replaceChildren(...(said.length ? [...said.map(answeredBlock), end] : [unread(text)]));
}

function unread(text) {
  const says = element("p", "Nothing on this page is known by these words. It reads attributes with their numbers, names of backends and features, and whether these agree, how they round and what changed; ", "flag");
  says.append(address("look for the words in all answers", "cases?" + new URLSearchParams({ q: text })), ".");
  return says;
}

// What the backends that a question names do, and, but for a question of yes or no, their code: before all others.
function* leadParts(call, text) {
  if (!isInWords(text)) return;
  const names = backendsSaid(text, knowledge.backends.map(({ name }) => name));
  for (const backend of knowledge.backends) {
    if (!names.includes(backend.name)) continue;
    const says = element("p", undefined, "lead");
    says.append(element("strong", `${backend.title} ${backend.version}`), `: ${saidInFull(predicted(backend, call, knowledge))}.`);
    yield says;
  }
  if (YES_OR_NO.test(text) || refusalOf(call)) return;
  const titles = new Set(names.map((name) => FRAMEWORKS[name.split("-", 1)[0]]));
  for (const [title, { lines, why }] of codesOf(call)) {
    if (!titles.has(title)) continue;
    if (why) yield element("p", why, "lead");
    yield codeFigure([title, { lines, why: "" }]);
  }
}

function saidInFull(prediction) {
  const says = sentenceOf(prediction, knowledge);
  return says.startsWith(prediction.does) ? says : `${prediction.does}: ${says}`;
}
