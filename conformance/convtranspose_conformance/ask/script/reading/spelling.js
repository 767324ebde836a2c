// Numbers and words as people type them.

const NUMBER_WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight"];
const VOCABULARY = ["stride", "strides", "kernel", "padding", "dilation", "dilations", "output_padding", "output_shape", "groups", "input", "channels", "tensorflow", "pytorch", "onnxruntime", "accumulate"];

const MOST_NESTED = 50; // brackets and signs around a number

// The whole number that an expression of numbers comes to: `(4 - 2) // 2`; null where it is none, or nested too deep.
function numberOf(text) {
  const tokens = text.match(/\d+|\/\/|[-+*/()]/g) ?? [];
  let at = 0, depth = 0;
  const atom = () => {
    const token = tokens[at++];
    if (token !== "-" && token !== "(") return /^\d+$/.test(token) ? Number(token) : NaN;
    if (++depth > MOST_NESTED) return NaN;
    const value = token === "-" ? -atom() : sum(), isClosed = token === "-" || tokens[at++] === ")";
    depth--;
    return isClosed ? value : NaN;
  };
  const folded = (next, by) => () => {
    let value = next();
    while (tokens[at] in by) value = by[tokens[at++]](value, next());
    return value;
  };
  const product = folded(atom, { "*": (a, b) => a * b, "/": (a, b) => a / b, "//": floored }), sum = folded(product, { "+": (a, b) => a + b, "-": (a, b) => a - b });
  const value = sum();
  return !text.replace(/\s|\d+|\/\/|[-+*/()]/g, "") && at === tokens.length && Number.isInteger(value) ? value : null;
}

// Numbers, or a list of them, as a field has them; null where one of them is no number.
function numbersRead(text) {
  const inner = text.trim().match(/^([[(])(.*)[\])]$/s), isList = inner && /^[^()[\]]*$/.test(inner[2]) && (inner[1] === "[" || inner[2].includes(","));
  const numbers = (isList ? inner[2].split(",").filter((part, i, all) => part.trim() || i < all.length - 1) : [text]).map(numberOf);
  if (!numbers.length || numbers.includes(null)) return null;
  return /^[-[(),\s\d]*$/.test(text) ? text : isList ? bracketed(numbers) : String(numbers[0]);
}

// {text, changed: [[typed, meant]]}: words that are a letter off, or two where they are long, as those that are meant.
function corrected(text) {
  const changed = [], known = new RegExp(`^(?:${[...Object.values(CALLED), ...Object.values(SPOKEN_FEATURES), ...Object.keys(SPOKEN_BACKENDS), ...Object.values(WANTED), FILLER.replace(/\s+/g, "")].join("|")})$`, "i");
  const said = text.replace(/[A-Za-z_]{5,}/g, (word) => {
    if (known.test(word)) return word;
    const meant = VOCABULARY.find((each) => each[0] === word[0].toLowerCase() && lettersApart(word.toLowerCase(), each) <= (each.length > 7 ? 2 : 1));
    if (!meant) return word;
    changed.push([word, meant]);
    return meant;
  });
  return { text: said, changed };
}

// How many letters are to be put in, taken out, changed or swapped.
function lettersApart(one, other) {
  const rows = [Array.from({ length: other.length + 1 }, (_, i) => i)];
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let n = 1; n <= other.length; n++) {
      row[n] = Math.min(rows[i - 1][n] + 1, row[n - 1] + 1, rows[i - 1][n - 1] + Number(one[i - 1] !== other[n - 1]));
      if (i > 1 && n > 1 && one[i - 1] === other[n - 2] && one[i - 2] === other[n - 1]) row[n] = Math.min(row[n], rows[i - 2][n - 2] + 1);
    }
    rows.push(row);
  }
  return rows.at(-1).at(-1);
}
