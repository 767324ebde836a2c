// What a question in words names and wants to know, and what of it is not understood.

const SPOKEN_BACKENDS = { // longer names before those that they hold
  "onnx[ -]?runtime|ort": "onnxruntime", "shape inference": "onnx-shape-inference", "(?:onnx[ -])?reference ?evaluator|onnx[ -]reference": "onnx-reference", "pytorch|torch|pt": "torch",
  "backprop(?:agation)? route|conv2d_?backprop_?input|backprop[_ ]input": "tensorflow-cpu-backprop-input", "tensorflow|tf": "tensorflow", keras: "keras", jax: "jax", openvino: "openvino", "tensorrt|trt": "tensorrt", "cuda|gpus?|cudnn": "cuda", "core ?ml": "coreml", "tflite|litert": "tflite", ncnn: "ncnn", mnn: "mnn",
  tvm: "tvm", webnn: "webnn", webgpu: "webgpu", directml: "directml", mxnet: "mxnet", "paddle(?:paddle)?": "paddle", mlx: "mlx", tinygrad: "tinygrad", opencv: "opencv", flax: "flax", onnx: "onnx",
};
const SPOKEN_FEATURES = {
  group: "groups?|grouped", dilations: "dilations?|dilated|atrous", strides: "strides?|strided", bias: "bias(?:es)?", "auto_pad SAME_UPPER": "same_upper", "auto_pad SAME_LOWER": "same_lower",
  "auto_pad VALID": "valid", "batch above 1": "(?<!empty )batch(?:es)?", Conv: "(?:forward|ordinary|plain|normal) conv(?:olution)?s?|conv[123]d",
  "kernel below stride": "kernels? (?:below|smaller than|less than|under) (?:the )?strides?|strides? (?:is )?(?:bigger|larger|greater|above|beyond|over)(?: than)? (?:the )?kernels?", "pads, asymmetric": "asymmetric(?:al)? (?:pads?|paddings?)",
  "pads, symmetric": "symmetric(?:al)? (?:pads?|paddings?)", "negative total padding": "negative total (?:pads?|paddings?)", "special values": "nans?|infs?|infinit\\w+|special values", "1-D": "1-?d|1-dimensional", "2-D": "2-?d|2-dimensional", "3-D": "3-?d|3-dimensional", "zero-size dimensions": "empty|zero-size dimensions",
  output_padding: "output[_ ]padding", output_shape: "output[_ ]shape",
};
const WANTED = {
  changes: "chang\\w+|news?|newest|newer|older|latest|releases?|versions?|regress\\w*|fixed|br[eo]ak?e?n?|since",
  rounding: "accumulat\\w+|sum(?:s|med|ming)?|round\\w*|precis\\w+|accura\\w+|exact\\w*|tf32",
  overlap: "checker\\s?boards?|artifacts?|overlaps?|overlapping|uneven",
  support: "supports?|supported|handles?|handled|can|cannot|works?|allow(?:s|ed)?|accept(?:s|ed)?|refus(?:e|es|ed)|rejects?|rejected|right|correct(?:ly)?|wrong|bugs?|broken",
  agreement: "equal\\w*|identical|agree\\w*|disagree\\w*|differ\\w*|compar\\w+|alike|same|vs|versus",
};
const OF_A_SIZE = String.raw`(?!\s+(?:the|its|their|that|of|as|(?:spatial |input |output |original )?(?:sizes?|inputs?|resolution|height|width))\b)`; // `double the size` is no type
const SPOKEN_TYPES = [[/\bfp(?=\d)/gi, "float"], [/\bbf16\b/gi, "bfloat16"], [new RegExp(String.raw`\bhalf\b${OF_A_SIZE}`, "gi"), "float16"], [new RegExp(String.raw`\bdouble\b${OF_A_SIZE}`, "gi"), "float64"]];
const FILLER = `about|comes?|nn|self|sizes?|upsamples?|bugs?|issues?|means?|meaning|arguments?|results?|answers?|all|always|am|an?|and|any|are|as|at|be|been|between|both|but|by|call(?:s|ed)?|code|comput(?:e|es|ed)|convolutions?|conv|convert|convtranspose|could|cpu|deconv(?:olutions?)?|do|does|doing|done|each|ever|exist|for|frameworks?|from|
  get|gets|go|goes|give|gives|given|has|have|hello ?world|how|i|if|in|inside|into|is|it|its|last|layers?|like|look|make|me|my|need|node|of|ok|okay|on|onto|one|op|operators?|or|our|out|over|please|port|possible|previous|returns?|returned|got|gave|expect(?:s|ed)?|happens?|instead|produces?|yields?|right|run|same|say|says?|set|should|show|size|so|something|text|
  tell|than|that|the|their|them|then|there|these|they|things?|this|those|three|to|transposed?|translate|two|type|under|us|use|used|uses|using|value|want|was|we|were|what|when|where|whether|which|who|why|will|with|within|would|write|written|yes|you|your|equivalent|backends?|implementations?|output`;

// What is left of a text, piece by piece: what was read is taken out of it.
class Reading {
  constructor(text) {
    this.left = text;
  }

  take(pattern, read = () => {}) {
    this.left = this.left.replace(pattern, (...match) => { read(...match); return " | "; });
  }

  takeWords(words) {
    this.take(new RegExp(`(?<![\\w-])(?:${words})(?![\\w-])`, "gi"));
  }

  // The pieces that nothing took, each as it was written.
  get pieces() {
    return this.left.split(/[|,;:?!()"“”]|\.(?=\s|$)/).map((piece) => piece.trim()).filter((piece) => /[A-Za-z]{2}|\d|[<>]/.test(piece));
  }
}

const isSaid = (pattern, text) => new RegExp(`(?<![\\w-])(?:${pattern})(?![\\w-])`, "i").test(text); // as a word of its own: not a part of a longer name
const literally = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
const typesSpelled = (text) => SPOKEN_TYPES.reduce((left, [word, type]) => left.replace(word, type), text);

// {backends, begins}: the names that a text has in full, or else those that begin as it says; of these not the other routes of one that it says already. `begins` are the frameworks that it
// names, asked or not.
function namedIn(text, names) {
  const whole = names.filter((name) => isSaid(literally(name), text)), begins = [];
  let rest = whole.reduce((left, name) => left.replaceAll(name, " "), text.toLowerCase());
  for (const [words, begin] of Object.entries(SPOKEN_BACKENDS)) {
    if (isSaid(words, rest)) begins.push(begin);
    rest = rest.replace(new RegExp(`(?<![\\w-])(?:${words})(?![\\w-])`, "g"), " ");
  }
  const isOther = begins.includes("cuda") ? (name) => !name.endsWith("-cuda") : () => false;
  const meant = names.filter((name) => !isOther(name)).filter((name) => begins.some((begin) => name === begin || name.startsWith(begin + "-")));
  whole.push(...names.filter((name) => begins.includes(name)));
  return { backends: names.filter((name) => whole.includes(name) || (meant.includes(name) && !meant.some((other) => name.startsWith(other + "-")))), begins };
}

const backendsSaid = (text, names) => namedIn(text, names).backends;

function featuresSaid(text, names) {
  return names.filter((name) => isSaid(SPOKEN_FEATURES[name] ?? literally(name), text));
}

// {text, backends, begins, versions, assumed, features, types, wants, left}: what a text says that is no call; `assumed` are the backends that it means where it names none. `rest` is what the reading of a call left of it; `names`, those of the backends.
function meaningOf(text, rest, names) {
  const reading = new Reading(rest), features = data ? data.words.feature : Object.keys(SPOKEN_FEATURES), said = featuresSaid(text, features), types = [...text.matchAll(/\bb?float(?:16|32|64)\b/gi)].map(([type]) => type.toLowerCase());
  reading.take(/['’](?:s|m|re)\b/g);
  for (const name of names) reading.takeWords(literally(name));
  for (const words of Object.keys(SPOKEN_BACKENDS)) reading.takeWords(words);
  const patterns = said.map((name) => SPOKEN_FEATURES[name] ?? literally(name)).sort((a, b) => b.length - a.length); // `kernel below stride` before `stride`
  for (const words of patterns) reading.takeWords(words);
  reading.take(/(?<![\w.])\d+\.\d{1,2}(?:\.\d{1,3})?(?![\w.]*\w|\s*%)/g);
  reading.take(/\bclause [A-Z]\b|(?:#|\b(?:bug|issue|pull(?: request)?|pr)\s+#?)\d{3,}\b/gi);
  reading.takeWords("b?float(?:16|32|64)");
  const wants = Object.keys(WANTED).filter((what) => isSaid(WANTED[what], reading.left));
  for (const what of wants) reading.takeWords(WANTED[what]);
  reading.takeWords(FILLER.replace(/\s+/g, ""));
  const versions = [...text.matchAll(/(?<![\w.])\d+\.\d{1,2}(?:\.\d{1,3})?(?![\w.]*\w|\s*%)/g)].map(([version]) => version);
  const those = namedIn(text, names), assumed = those.backends.length || !/\bframeworks\b/i.test(text) ? [] : meantBy(names);
  return { text, ...those, versions, assumed, features: said, types: [...new Set(types)], wants, left: reading.pieces };
}

// The backends that are meant where none is named: the usual ones, or all that this run asked where it left some of those out.
function meantBy(names) {
  const usual = backendsSaid(MEANT.join(" "), names), asked = data ? askedBackends() : usual;
  return usual.every((name) => asked.includes(name)) ? usual : asked;
}
