// Questions about what the operator's text says: the clauses that answer them.

const SAME_SAID = "same(?:[_ -]?(?:upper|lower))?(?:[ -]paddings?)?|(?:upper|lower)(?= (?:or|vs|versus|and)\\b)|auto[_ ]?pad(?:ding)?", SHAPE_SAID = "output[_ ]shapes?", EXTRA_SAID = "output[_ ]paddings?", PADS_SAID = "(?:explicit )?(?:pads?|paddings?)";
const SPLIT_SAID = "extra|odd|uneven(?:ly)?|asymmetric(?:al|ally)?|split|leftover|left[ -]over|remainder|which (?:end|side)|(?:at|on|to) the (?:begin|beginning|start|front|end|left|right|top|bottom)|one more";
const BELOW_SAID = "(?:below|smaller|less|lower|shorter|under|fewer)(?: than)?(?: the)?", ABOVE_SAID = "(?:beyond|larger|bigger|greater|longer|above|more|over|exceed(?:s|ing)?)(?: than)?(?: the)?", KERNELS_SAID = "kernels?(?: (?:size|shape))?", STRIDES_SAID = "strides?";
// label -> words, of each of which the question has one; `not` are words that lead to another clause
const CLAUSES_ASKED = {
  A: { has: [SAME_SAID, `${SPLIT_SAID}|differences?|differs?|vs|versus|symmetric(?:al|ally)?|even(?:ly)?|equal(?:ly)?|(?:which|what|how (?:much|many)) (?:are |is )?(?:the )?(?:${PADS_SAID}|total amount)`], not: `${SHAPE_SAID}|negative` },
  B: { has: [SAME_SAID, `opset (?:1|one)(?!\\d)|first opset|(?:output )?sizes?|match(?:es)?|(?:input|x) ?(?:size|shape)? ?(?:\\*|times|x) ?(?:the )?strides?`], not: `${SHAPE_SAID}|${EXTRA_SAID}|${SPLIT_SAID}|negative` },
  C: { has: [SAME_SAID, `${KERNELS_SAID}(?: is)? ${BELOW_SAID} ${STRIDES_SAID}|${STRIDES_SAID}(?: is)? ${ABOVE_SAID} ${KERNELS_SAID}|negative`], not: "odd|half|halv\\w+|rounds?|rounded|rounding|floor\\w*" },
  D: { has: [SAME_SAID, EXTRA_SAID], not: SHAPE_SAID },
  E: { has: ["negative", "odd|half|halv\\w+|rounds?|rounded|rounding|floor\\w*|truncat\\w+|split|divi\\w+"] },
  F: { has: [SHAPE_SAID, SPLIT_SAID], not: SAME_SAID },
  G: { has: [SHAPE_SAID, PADS_SAID], not: SPLIT_SAID },
  H: { has: [PADS_SAID, "auto[_ ]?pad|same[_ -]?(?:upper|lower)", "together|beside|both|simultaneous\\w*|combin\\w+|alongside|at (?:once|the same time)|explicit(?:ly)?|as well as|mix\\w*"], not: SHAPE_SAID },
  I: { has: [SHAPE_SAID, `${BELOW_SAID} (?:inputs?|x)(?: (?:sizes?|shapes?))?|crop\\w*`] },
  J: { has: [SHAPE_SAID, `${ABOVE_SAID} (?:natural|full|max\\w*|possible|usual|unpadded|default|sizes?|what|it)`] },
  K: { has: [EXTRA_SAID, "limits?|limited|how (?:large|big|high|much)|max(?:imum)?|larg\\w+|bigg\\w+|great\\w+|exceed\\w*|less|smaller|below|above|at least|beyond|[<>]=?|equals?|allowed|range|valid values?|reach"], not: SHAPE_SAID },
  L: { has: [SHAPE_SAID, "batch|channels?|lengths?|how many|dim(?:ension)?s|spatial|entries|elements|N and C|NC"] },
  M: { has: ["(?:output |y )?(?:sizes?|dimensions?|shapes?)(?: of (?:the output|y))?|output", "(?:is|are|be|come out|comes out|becomes?|goes|turns?(?: out)?|of|at) (?:negative|(?:0|zero) or (?:less|below|negative)|(?:0|zero)|below (?:0|zero))|negative (?:output )?(?:sizes?|outputs?)"], not: `${SAME_SAID}|${PADS_SAID}` },
  N: { has: ["auto[_ ]?pad", "unknown|invalid|misspel\\w+|other (?:words?|values?|than)|lower ?case|which (?:words?|values?)"] },
  O: { has: ["kernel[_ ]shape", "W|weights?", "fit|match(?:es)?|differ\\w*|disagree\\w*|contradict\\w*|agree\\w*|equals?"] },
  P: { has: ["VALID(?! values?)", "means?|meaning|pads?|paddings?|same as|NOTSET"], not: SAME_SAID },
  Q: { has: ["(?:output|out) (?:channels|maps)|(?:channels|maps) (?:of|in|does) (?:the output|Y)|M", "groups?|W|how many|number"], not: SHAPE_SAID },
  R: { has: ["empty|zero[- ]sized?(?: dim(?:ension)?s?)?|dim(?:ension)?s? (?:is|are|of|be) (?:0|zero)|(?:a|an) (?:0|zero) dim(?:ension)?|batch (?:is|of|be) (?:0|zero)"] },
  S: { has: ["formulas?|equations?|how (?:is|are)|comput(?:e|ed)|calculat\\w+", "output (?:sizes?|shape(?=\\s+(?:comput|calculat|of\\b|defined)))|sizes? of (?:the )?(?:output|y)"], not: SAME_SAID },
  U: { has: ["resize|upsampl\\w+|interpolat\\w+", "scales?"] },
  V: { has: ["nearest", "round\\w*|ties?|float32|exact\\w*"] },
  W: { has: ["antialias\\w*", "borders?|edges?|outside"] },
};
const NO_QUESTION_OF_THE_TEXT = /\bhow (?:do|can|to|would) (?:i|you|we|one)? ?(?:write|say|port|convert|translate)\b|\bport\b|\bconvert\b/i;
// what people say about such things, beside the words above
const OF_THE_TEXT = "ignor\\w+|honou?r\\w*|respect\\w*|appl(?:y|ies|ied)|used|elements?|pixels?|ends?|sides?|begin(?:ning)?|start|goes?|happens?|count(?:s|ed)?|take[ns]?|win|wins|precedence|override[sn]?|still|together|beside|alongside|case|mean|means|total|paddings?|pads?|natural|given|include[sd]?|including|auto[_ ]?pad|upper|lower|text|spec(?:ification)?|standard|says?|values?|must|may|should|need|into|add(?:s|ed)?|put|zeros?|sizes?|outputs?|inputs?|legal|illegal|defined|undefined|opset(?: \\d+)?|padded|split|round(?:s|ed|ing)?|down|up|towards?|half|kernels?|strides?|dilations?|clauses?|larger|smaller|bigger|difference|between|explicit|there|exactly|both|one|two|first|second|limits?|dim(?:ension)?s?|comes?|not|no|many|channels|evenly|goe?s?|negative|below|multiple|allowed|differences?|differ|forbidden|permitted|and|batch|length|write|contains?|specified|hold|N|amount|clause [A-Z]";

// The labels of the clauses that a question is about.
function clausesAsked(text) {
  if (NO_QUESTION_OF_THE_TEXT.test(text)) return [];
  const [, named] = text.match(/\bclause ([A-Z])\b/i) ?? [];
  if (named && !document.getElementById("clause-" + named.toUpperCase())) return [named.toUpperCase()].filter((label) => label in CLAUSES_ASKED); // others are pointed at
  const plain = text.replace(/\boutput padding/gi, "output_padding").replace(/\b(total|negative|extra|odd)[_ ](?:pads?|paddings?)\b/gi, "$1 amount"); // no attribute pads
  return Object.entries(CLAUSES_ASKED).filter(([, { has, not }]) => has.every((words) => isSaid(words, plain)) && !(not && isSaid(not, plain))).map(([label]) => label);
}

// What is left of the pieces of a question about these clauses.
function leftOfClauses(pieces, labels) {
  const reading = new Reading(pieces.filter((piece) => !AUTO_PADS.includes(piece)).join(" | "));
  for (const label of labels) for (const words of CLAUSES_ASKED[label].has) reading.takeWords(words);
  reading.takeWords(OF_THE_TEXT);
  reading.takeWords(FILLER.replace(/\s+/g, ""));
  return reading.pieces;
}

// [{says, items, to, title}]: what each of these clauses says, and which of its readings those follow that are named.
function clausesSaid(labels, backends) {
  return labels.flatMap((label) => {
    const card = document.getElementById("clause-" + label);
    if (card) return [{ says: `${label}, ${titleOfClause(card)}: ${card.querySelector("p").textContent}`, items: backends.flatMap((name) => readingsFollowed(card, name)), to: card.id, title: "Its readings, and who follows which" }];
    const term = [...document.querySelectorAll("#readings dl.facts dt")].find((each) => each.querySelector(".label")?.textContent === label);
    return term ? [{ says: `${label}, ${term.textContent.replace(label, "").trim()}: ${term.nextElementSibling.textContent}`, items: [], to: "readings", title: "The clauses" }] : [];
  });
}

// Of a card's heading, what stands between the label and whether it is open.
const titleOfClause = (card) => [...card.querySelector("h3").childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.textContent.trim()).join("");

// `onnxruntime-cpu: pads_ignored, 3 of 3 answers`, for every reading that some of a backend's answers fit.
function readingsFollowed(card, name) {
  const column = [...card.querySelectorAll("thead th")].findIndex((head) => head.textContent.trim().split(/\s/)[0] === name);
  const fits = column < 0 ? [] : [...card.querySelectorAll("tbody tr")].map((row) => [row.querySelector("code").textContent, row.cells[column].textContent.match(/[\d\s,.]+ of [\d\s,.]+/)?.[0].trim()]).filter(([, count]) => count);
  return fits.length ? [element("li", `${name}: ${fits.map(([reading, count]) => `${reading}, ${count} answers`).join("; ")}.`)] : [];
}
