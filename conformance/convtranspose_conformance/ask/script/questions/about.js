// Questions about this page itself, or that it cannot answer without a call: where the answer stands, or what to ask instead.

const PASTED = "Paste the layer or the node here, or type its attributes with their numbers (kernel 4 stride 2 group 2 float16): then each backend has a verdict for that call.";
const ABOUT = [ // words, what is said, the section that it leads to
  [/\b(?:report|file|open|submit|send|write)\b.*\b(?:bugs?|issues?|findings?|reports?)\b|\bbug reports?\b|\breproduc\w+\b|\bscript\b/i, "Each finding ends with a bug report to paste, “Bug report, to paste”: what was asked, what came back, what the text says, and a script that needs nothing of this project. ", "findings"],
  [/\b(?:which|what|are|is)\b.*\bmodels?\b|\bmy (?:models?|networks?)\b|\b(?:scan|check)\b.*\b(?:models?|onnx files?)\b/i, "`convtranspose check model.onnx` names the nodes of a model that a finding of a backend touches. Of one layer: " + PASTED[0].toLowerCase() + PASTED.slice(1) + " ", "findings"],
  [/\bwho(?:'s| is| are)? (?:right|wrong|correct)\b|\b(?:which|what)\b.*\b(?:is|are) (?:right|correct|the truth)\b/i, "The operator’s text decides, worked out exactly by a reference of NumPy; where it leaves something open, every named reading conforms. Each finding says what the text asks and what came back. ", "clauses"],
  [/\bwhat (?:do|does|is|are|means?)\b.*(?:[≠✓–]|\b(?:conforms?|deviates?|fails?|stale|declined?|unsupported|not in one call|undeclared|findings?|readings?)\b)|\bhow (?:do|to|can|should)\b.*\bread\b/i, "What the words and marks mean stands at the head of the page, closed until it is opened: ", "how-to-read"],
  [/\b(?:safe|reliable|trust\w*|usable|problem(?:s|atic)?)\b|\bcan (?:i|we) use\b/i, "That hangs on the call. " + PASTED + " ", "findings"],
];

// The answer to such a question; null for any other.
function ofThePage(text) {
  const found = ABOUT.find(([words]) => words.test(text));
  if (!found) return null;
  const [, says, to] = found, made = element("p", undefined, "lead"), target = document.getElementById(to);
  says.split("`").forEach((part, i) => made.append(i % 2 ? element("code", part) : part));
  const link = target && address(to === "how-to-read" ? "How to read it" : document.getElementById(to + "-title").textContent, to);
  if (link) made.append(link, ".");
  return made;
}
