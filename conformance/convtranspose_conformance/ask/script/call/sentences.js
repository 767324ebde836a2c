// A prediction in words: `9x9 instead of 10x10, because ...`.

function sentenceOf(prediction, knowledge) {
  const first = prediction.within ? `; the first of the calls that it takes ${sentenceOf(prediction.within, knowledge)}` : "";
  const says = saysOf(prediction, knowledge) + first;
  return prediction.onMachine ? `${says} (${prediction.onMachine})` : says;
}

function saysOf(prediction, knowledge) {
  const { does, reason } = prediction;
  switch (does) {
    case "no one call": return `no one call: ${reason}`;
    case "declines": return `declines: ${reason}`;
    case "raises": case "dies": return stopsSo(prediction, knowledge);
    case "accepts": return `answers all the same: ${becauseOf(prediction)}`;
    case "refuses": return "refuses, as the text does";
    case "undefined": return `returns numbers that no rule predicts: ${becauseOf(prediction)}`;
    default: return answersSo(prediction, knowledge);
  }
}

const becauseOf = ({ because }) => [...new Set(because.map((d) => d.because))].join("; ");
const readSo = ({ follows }, knowledge) => follows.map((name) => `${knowledge.readings[name]} (${name})`).join("; ");

function stopsSo(prediction, knowledge) {
  const error = prediction.because.find((d) => d.error)?.error;
  if (error) return `${prediction.does === "dies" ? "ends the process" : "raises"} (${error}): ${becauseOf(prediction)}`;
  if (prediction.because.length) return `raises because ${becauseOf(prediction)}`;
  return `raises ${prediction.follows.length ? "by a reading that the text leaves open: " + readSo(prediction, knowledge) : prediction.reason}`;
}

function answersSo(prediction, knowledge) {
  const verb = prediction.check === "output_shape" ? "states " : "", class_ = prediction.accuracy;
  const rounds = class_ ? `, but ${knowledge.accuracy[class_]}` : "";
  if (prediction.does === "differs") return `${verb}${differsIn(prediction)}, because ${becauseOf(prediction)}${rounds}`;
  if (!prediction.follows.length) return `conforms${rounds}`;
  return `${verb}${differsIn(prediction)}, by a reading that the text leaves open: ${readSo(prediction, knowledge)}${rounds}`;
}

// Sizes, or where they begin and end, or that numbers alone are others.
function differsIn({ answer, call }) {
  const own = refusalOf(call) ? null : placed(call);
  if (!own) return `${sizesText(answer.y)}, where the text refuses`;
  if (!isEqual(answer.y, own.y)) {
    const alike = answer.y.length === own.y.length && isEqual(answer.y.slice(0, 2), own.y.slice(0, 2));
    const text = (y) => (alike ? sizesText(y.slice(2)) : "[" + y.join(", ") + "]");
    return `${text(answer.y)} instead of ${text(own.y)}`;
  }
  const pads = answer.begins.map((begin, i) => [begin, answer.ends[i], own.begins[i], own.ends[i]]), alike = pads.length > 1 && pads.every((each) => isEqual(each, pads[0]));
  const moved = (alike ? pads.slice(0, 1) : pads).map((each, i) => [alike ? "each axis" : `D${i + 1}`, ...each]).filter(([, b, e, c, f]) => b !== c || e !== f);
  if (!moved.length) return "other numbers";
  const places = moved.map(([on, b, e, c, f]) => `begin ${b}, end ${e} on ${on} instead of ${c}, ${f}`);
  return `${sizesText(own.y.slice(2))} with ${places.join(", ")}`;
}

const sizesText = (sizes) => (sizes.length === 1 ? `size ${sizes[0]}` : sizes.join("x"));
