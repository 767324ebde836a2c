// What a question in words is answered first: what those do that it names, in a sentence that begins with yes or no, and their code.

const NAMES_SPELLED = {
  keras: "Keras", jax: "JAX", openvino: "OpenVINO", torch: "PyTorch", tensorflow: "TensorFlow", onnxruntime: "ONNX Runtime", tensorrt: "TensorRT", cuda: "CUDA", coreml: "Core ML", tflite: "TFLite", mnn: "MNN",
  tvm: "TVM", webnn: "WebNN", webgpu: "WebGPU", directml: "DirectML", mxnet: "MXNet", paddle: "PaddlePaddle", mlx: "MLX", opencv: "OpenCV", flax: "Flax",
};
const IS_RIGHT = { conforms: true, refuses: true, differs: false, raises: false, dies: false, undefined: false, accepts: false };
const USUALLY = { kernel: ["3", "1", "2", "4", "5"], strides: ["1", "2", "3", "4"], input: ["5", "4", "8"], dtype: ["float32", "float64", "float16"] }; // numbers in place of those that a question leaves out
const HOW = /\bhow\b|\bport\b|\bconvert\w*|\btranslat\w+|\bequivalent\b|\bwrite\b|\bcode\b/i;
const WRITTEN_IN = ["flax", "jax", "keras", "mxnet", "paddle"]; // whose layers are read, though nothing is known of what they do
const SAID_AS = { "no one call": "not in one call" };
const VERDICTS_SAID = { conforms: "Yes", differs: "No", raises: "No", dies: "No", undefined: "No", declines: "No", "no one call": "Not in one call", refuses: "It refuses", accepts: "It answers" };

// A call is answered as a call; of anything else what the text's clauses and the sections say stands alone.
function* saidToWords(read, text) {
  if (text.length > MOST_ASKED) { yield element("p", `A question of ${text.length} characters: those of up to ${MOST_ASKED} are read here.`, "flag"); return; }
  const { meaning } = read, said = data && meaning && !read.isForward ? saidInSentences(read, text) : [];
  if (read.isForward) yield forward(text);
  if (meaning) yield* absentParts(meaning);
  const own = said.length ? null : ofThePage(text);
  if (own) { yield own; return; }
  if (!said.length) {
    if (data && !read.isForward && !(meaning && absentOf(meaning).length)) yield unread(text);
    return;
  }
  const [flag, ...others] = read.left.length ? [...readParts(read)] : [null, ...readParts(read)], to = addressOfWords(text), end = element("p");
  if (flag) yield flag;
  yield* said.map(answeredBlock);
  const isOfRun = !said.some(({ to }) => to?.startsWith("changes/"));
  if (isOfRun) for (const backend of knowledge.backends) if (meaning.backends.includes(backend.name)) yield* ofOtherVersions(backend, meaning.versions);
  yield* others;
  end.append(address("The address of this question", to), " ", copyLink(to));
  yield end;
}

// Clauses answer what the text says. What backends do stands behind that, without yes or no: of those words only the features were read.
function saidInSentences({ clauses, left, meaning }, text) {
  if (!clauses.length) return wordsAnswered({ ...meaning, left });
  return [...clausesSaid(clauses, meaning.backends), ...(meaning.backends.length && meaning.features.length ? wordsAnswered({ ...meaning, left: [text] }) : [])];
}

// What a question about Conv is told.
function forward(text) {
  const says = element("p", "This box works out calls of ConvTranspose. Of Conv the page has the answers that were recorded: ", "flag");
  says.append(address("all of them", "cases?" + new URLSearchParams({ q: "op=conv" })), ".");
  return says;
}

function* leadParts(call, read) {
  const { meaning } = read, parts = [...readParts(read)];
  if (read.left.length) yield parts.shift();
  if (meaning && !isDoubtful(read)) yield* namedParts(call, read);
  if (!isDoubtful(read)) yield* outputsSaid(call, read);
  for (const note of read.notes ?? []) yield element("p", note, "flag note");
  if (meaning?.wants.includes("overlap") && !refusalOf(call)) yield* overlapParts(call);
  yield* parts;
  if (read.clauses?.length) yield* clausesSaid(read.clauses, []).map(answeredBlock);
}

function* overlapParts(call) {
  for (const [names, i] of alikeAxes(placed(call))) yield element("p", `${names}: ${overlapOf(axesOf(call)[i])}`, "lead");
  const link = element("p");
  if (document.getElementById("checkerboards")) link.append(address(document.getElementById("checkerboards-title").textContent, "checkerboards"));
  yield link;
}

function* namedParts(call, read) {
  const { meaning } = read;
  const isYesOrNo = isYesOrNoAsked(read), { backends, versions } = meaning, asksHow = !isYesOrNo && HOW.test(meaning.text) && !refusalOf(call);
  if (asksHow) yield* codeAsked(call, meaning);
  for (const backend of knowledge.backends) {
    if (!backends.includes(backend.name)) continue;
    yield verdictSaid(backend, call, isYesOrNo, openIn(read));
    yield* ofOtherVersions(backend, versions);
  }
  yield* absentParts(read.kind === "layer" ? { ...meaning, begins: meaning.begins.filter((begin) => !WRITTEN_IN.includes(begin)) } : meaning);
  if (refusalOf(call) || asksHow) return;
  const titles = titlesNamed(meaning);
  for (const code of codesOf(call)) if (titles.includes(code[0])) yield codeFigure(code, !isYesOrNo);
}

// To `how do I write it`: first what says it, and the code.
function* codeAsked(call, meaning) {
  const titles = titlesNamed(meaning);
  for (const [title, { lines, why }] of codesOf(call)) {
    if (!titles.includes(title)) continue;
    const says = element("p", undefined, "lead");
    const own = knowledge.backends.find(({ name }) => FRAMEWORKS[name.split("-", 1)[0]] === title), isOne = !own || !whyUnsayable(own.api, call);
    says.append(element("strong", title), `: ${why || (isOne ? "one call says it." : "other words compute it, here with what is read and assumed below.")}`);
    yield says;
    yield codeFigure([title, { lines, why: "" }], true);
  }
}

// Whose code it asks for.
function titlesNamed({ backends, begins }) {
  return [...backends.map((name) => name.split("-", 1)[0]), ...begins].map((name) => FRAMEWORKS[name]);
}

function absentOf({ begins }) {
  return begins.filter((begin) => !knowledge.backends.some(({ name }) => name === begin || name.startsWith(begin + "-") || name.endsWith("-" + begin)));
}

// The frameworks that are named, and that this page knows nothing of.
function* absentParts(meaning) {
  const recorded = data ? askedBackends() : [], answersOfIt = (begin) => recorded.find((name) => name.startsWith(begin + "-")), all = absentOf(meaning), absent = all.filter((begin) => !answersOfIt(begin));
  for (const begin of all.filter(answersOfIt)) {
    const says = element("p", `What ${NAMES_SPELLED[begin] ?? begin} does is not worked out ahead of a call here; its answers to the recorded cases: `, "lead");
    says.append(address(answersOfIt(begin), "cases?" + new URLSearchParams({ backend: answersOfIt(begin) })), ".");
    yield says;
  }
  if (absent.length) yield element("p", `This page knows nothing of ${joined(absent.map((name) => NAMES_SPELLED[name] ?? name))}: it has ${knowledge.backends.map(({ title }) => title).join("; ")}.`, "lead");
}

function verdictSaid(backend, call, isYesOrNo, open) {
  const prediction = predicted(backend, call, knowledge), says = element("p", undefined, "lead"), { does } = prediction, other = otherwise(backend, does, open);
  const verdict = !isYesOrNo ? (SAID_AS[does] ?? does) : other ? "Not always" : VERDICTS_SAID[does], shown = isYesOrNo && other && does === "conforms" ? other.prediction : prediction;
  says.append(element("strong", `${backend.title} ${backend.version}`), ": ", badgeSaid(shown, verdict), does === "refuses" ? ", " : ": ", ...withClauses(saidInFull(prediction, call)));
  if (other) says.append(` But with ${numbersSaid(other.numbers)} it ${MANY_DO[other.prediction.does][0]}: `, ...withClauses(saidInFull(other.prediction, other.call)));
  return says;
}

// What is there to be said of a call that a bias alone keeps from being one.
function withoutBias({ backend }, call) {
  const prediction = predicted(backend, { ...call, b: null }, knowledge), rest = saysBeside(prediction);
  return prediction.does === "no one call" ? "" : `; without the bias it ${MANY_DO[prediction.does][0]}${rest && ": " + rest}`;
}

const numbersSaid = (numbers) => Object.entries(numbers).map(([field, value]) => `${field} ${value}`).join(" and ");

// What a question leaves open: what is assumed beside it, and the element type where it names none. Where pads follow from the kernel (`isPadded`), that stays as it was assumed.
const openIn = ({ fields, assumed: { kernel, ...assumed }, isPadded }) => ({ ...assumed, ...(kernel && !isPadded && { kernel }), ...(!fields.dtype && { dtype: USUAL.dtype }) });

// {numbers, call, prediction}: with other numbers in place of those that were left open, as few as can be, a legal call with which a backend is right where it was wrong, or wrong where it was
// right; null where there is none.
function otherwise(backend, does, assumed) {
  if (IS_RIGHT[does] === undefined) return null;
  const asked = questionOf(), fields = Object.keys(USUALLY).filter((field) => assumed[field]);
  const choices = fields.reduce((all, field) => all.flatMap((one) => USUALLY[field].map((value) => ({ ...one, [field]: value }))), [{}]), changes = (numbers) => fields.filter((field) => numbers[field] !== assumed[field]);
  for (const numbers of choices.sort((a, b) => changes(a).length - changes(b).length)) {
    const call = callOf({ ...asked, ...numbers }), changed = changes(numbers);
    if (!changed.length || refusalOf(call)) continue;
    const prediction = predicted(backend, call, knowledge);
    if (IS_RIGHT[prediction.does] === !IS_RIGHT[does]) return { numbers: Object.fromEntries(changed.map((field) => [field, numbers[field]])), call, prediction };
  }
  return null;
}

// A question of a release that this page's sentences are not of.
function* ofOtherVersions(backend, versions) {
  const others = versions.filter((version) => !(version + ".").startsWith(backend.version + ".") && !(backend.version + ".").startsWith(version + "."));
  if (!others.length) return;
  const says = element("p", `That is of ${backend.version}, not of ${joined(others)}: `, "flag");
  says.append(address("what changed from release to release", "changes/" + backend.name), ".");
  yield says;
}

function saidInFull(prediction, call) {
  const rest = saysBeside(prediction), { does } = prediction, own = refusalOf(call) ? null : placed(call);
  if (does === "conforms" && own && (!rest || /^(but|\()/.test(rest))) return `${sizesText(own.y.slice(2))}, as the text asks${rest && (rest.startsWith("(") ? " " : ", ") + rest}.`;
  if (does === "differs" && !rest.startsWith("states")) return `it returns ${rest}.`;
  return does === "no one call" && own ? `${rest}. The code computes the same otherwise${call.b ? withoutBias(prediction, call) : ""}.` : `${rest}.`;
}

// What is said of it beside its first word.
function saysBeside(prediction) {
  const says = sentenceOf(prediction, knowledge), { does } = prediction;
  return says.startsWith(does) ? says.slice(does.length).replace(/^[:,]? /, "") : says;
}

// `clause K`, or a reading's name, leads to the clause.
function withClauses(text) {
  return text.split(/(\bclause [A-Z]\b|\b[A-Z]:\w+)/).map((part, i) => {
    const label = part.match(/^clause ([A-Z])$|^([A-Z]):/), to = i % 2 && label && "clause-" + (label[1] ?? label[2]);
    return to && document.getElementById(to) ? address(part, to) : part;
  });
}
