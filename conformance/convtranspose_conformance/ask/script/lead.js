// What a question in words is answered first: what those do that it names, in a sentence that begins with yes or no, and their code.

const NAMES_SPELLED = { keras: "Keras", jax: "JAX", openvino: "OpenVINO", torch: "PyTorch", tensorflow: "TensorFlow", onnxruntime: "ONNX Runtime" };
const SAID_AS = { "no one call": "not in one call" };
const VERDICTS_SAID = { conforms: "Yes", differs: "No", raises: "No", dies: "No", undefined: "No", declines: "No", "no one call": "Not in one call", refuses: "It refuses", accepts: "It answers" };

// A call is answered as a call; of anything else what the sections say stands alone.
function* saidToWords(read, text) {
  const { meaning } = read, said = data && meaning ? wordsAnswered(meaning) : [];
  if (!said.length) {
    if (data) yield unread(text);
    return;
  }
  const [flag, ...others] = read.left.length ? [...readParts(read)] : [null, ...readParts(read)], to = addressOfWords(text), end = element("p");
  if (flag) yield flag;
  yield* said.map(answeredBlock);
  yield* others;
  end.append(address("The address of this question", to), " ", copyLink(to));
  yield end;
}

function* leadParts(call, read) {
  const { meaning } = read, parts = [...readParts(read)];
  if (read.left.length) yield parts.shift();
  if (meaning) yield* namedParts(call, meaning);
  yield* parts;
}

function* namedParts(call, meaning) {
  const isYesOrNo = YES_OR_NO.test(meaning.text), { backends, begins } = meaning;
  for (const backend of knowledge.backends) if (backends.includes(backend.name)) yield verdictSaid(backend, call, isYesOrNo);
  const asked = (begin) => knowledge.backends.some(({ name }) => name === begin || name.startsWith(begin + "-")), absent = begins.filter((begin) => !asked(begin));
  if (absent.length) yield element("p", `This page knows nothing of ${joined(absent.map((name) => NAMES_SPELLED[name] ?? name))}: it has the backends below.`, "lead");
  if (refusalOf(call)) return;
  const titles = titlesNamed(meaning);
  for (const code of codesOf(call)) if (titles.includes(code[0])) yield codeFigure(code, !isYesOrNo);
}

// Whose code it asks for.
function titlesNamed({ backends, begins }) {
  return [...backends.map((name) => name.split("-", 1)[0]), ...begins].map((name) => FRAMEWORKS[name]);
}

function verdictSaid(backend, call, isYesOrNo) {
  const prediction = predicted(backend, call, knowledge), says = element("p", undefined, "lead"), verdict = isYesOrNo ? VERDICTS_SAID[prediction.does] : (SAID_AS[prediction.does] ?? prediction.does);
  says.append(element("strong", `${backend.title} ${backend.version}`), ": ", badgeSaid(prediction, verdict), prediction.does === "refuses" ? ", " : ": ", ...withClauses(saidInFull(prediction, call)));
  return says;
}

function saidInFull(prediction, call) {
  const rest = saysBeside(prediction), { does } = prediction, own = refusalOf(call) ? null : placed(call);
  if (does === "conforms" && own && (!rest || rest.startsWith("but"))) return `${[sizesText(own.y.slice(2)) + ", as the text asks", rest].filter(Boolean).join(", ")}.`;
  if (does === "differs" && !rest.startsWith("states")) return `it returns ${rest}.`;
  return does === "no one call" && own ? `${rest}. The code computes the same otherwise.` : `${rest}.`;
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
