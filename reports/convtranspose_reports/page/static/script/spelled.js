// Words that differ in their numbers alone, as what they share and the numbers: put together when one is read, and compared by their numbers.

const BLANK = 9e9; // a number of ten digits, of which the words keep none apart: it stands for the one at the place above it

class Spelled {
  // `shapes`: what stands before, between and behind the numbers; `of`: by word, its shape; `planes`: the bytes of all first numbers, then of all second ones.
  constructor(shapes, of, planes) {
    Object.assign(this, { shapes, of, planes, length: of.length });
  }

  // Where the numbers of each word begin in `numbers`.
  get starts() {
    if (this.begin) return this.begin;
    const { of, length } = this, counts = this.shapes.map((shape) => shape.length - 1), begin = this.begin = new Uint32Array(length + 1);
    for (let i = 0; i < length; i++) begin[i + 1] = begin[i] + counts[of[i]];
    return begin;
  }

  // Those of one word side by side.
  get numbers() {
    if (this.beside) return this.beside;
    const { starts, planes, length } = this, numbers = this.beside = new Uint32Array(starts[length]), words = new Uint32Array(length).map((_, i) => i);
    for (let place = 0, at = 0, left = length; left; place++) {
      const before = left;
      left = 0;
      for (let n = 0; n < before; n++) {
        const i = words[n], to = starts[i] + place;
        if (to >= starts[i + 1]) continue;
        words[left++] = i;
        for (let byte = planes.length - 1; byte >= 0; byte--) numbers[to] = numbers[to] * 256 + planes[byte][at];
        at++;
      }
    }
    return numbers;
  }

  at(i) {
    const shape = this.shapes[this.of[i]], { numbers } = this;
    let word = shape[0];
    for (let place = 1, from = this.starts[i] - 1; place < shape.length; place++) word += numbers[from + place] + shape[place];
    return word;
  }

  // The shapes as texts, with a number of its own for each place.
  get blanks() {
    return (this.blank ??= this.shapes.map((shape) => shape.slice(1).reduce((text, piece, place) => text + (BLANK + place) + piece, shape[0])));
  }

  // By word, 1 where `asked(text, places)` holds. It says for a text what has to hold of the numbers at its so many places, as `holding` does; of a shape it is asked once.
  flags(asked) {
    const isOdd = (shape) => shape.some((piece) => /9\d{9}/.test(piece));
    const found = this.heldBy(this.shapes.map((shape, i) => (isOdd(shape) ? undefined : asked(this.blanks[i], shape.length - 1))));
    for (let i = 0; i < found.length; i++) if (found[i] === UNTOLD) found[i] = asked(this.at(i), 0) !== null;
    return found;
  }

  // By word, 1 where it is this one, but for large letters and small ones.
  equal(word) {
    const numbers = [...word.matchAll(NUMBERS)].map(([number], place) => [place, Number(number)]), pieces = word.split(NUMBERS);
    return this.heldBy(this.shapes.map((shape) => (shape.length === pieces.length && shape.every((piece, i) => piece.toLowerCase() === pieces[i]) ? numbers : null)));
  }

  // By word, 1 where its numbers hold the conditions of its shape, UNTOLD where that has none.
  heldBy(conditions) {
    const found = new Uint8Array(this.length), { starts, numbers, of } = this;
    for (let i = 0; i < found.length; i++) {
      const each = conditions[of[i]];
      found[i] = each ? areHeld(each, numbers, starts[i]) : each === undefined ? UNTOLD : 0;
    }
    return found;
  }
}

const NUMBERS = /(?<!\d)(?:0|[1-9]\d{0,8})(?!\d)/g, UNTOLD = 2; // those that the words keep apart

function areHeld(conditions, numbers, from) {
  for (const [place, number] of conditions) if (numbers[from + place] !== number) return false;
  return true;
}

// What has to hold of the numbers at the places of a shape so that what it says of something is what is wanted: [[place, number]]; null where it never is,
// undefined where the numbers alone do not tell.
function holding(says, wanted, places) {
  if (Array.isArray(wanted)) {
    if (says?.length !== wanted.length) return null;
    const each = says.map((one, i) => holding(one, wanted[i], places));
    return each.includes(null) ? null : each.includes(undefined) ? undefined : each.flat();
  }
  if (typeof says === "number") {
    const place = Math.abs(says) - BLANK;
    if (!(place >= 0 && place < places)) return says === wanted ? [] : null;
    return Number.isInteger(place) ? [[place, says < 0 ? -wanted : wanted]] : undefined;
  }
  return typeof says === "string" && typeof wanted === "string" ? heldByText(says, wanted, places) : says === wanted ? [] : null;
}

function heldByText(says, wanted, places) {
  const blanks = [], pattern = says.split(/(9\d{9})/).map((part, i) => {
    if (i % 2 === 0 || part - BLANK >= places) return literally(part);
    blanks.push(part - BLANK);
    return "(0|[1-9]\\d{0,8})";
  });
  const match = wanted.match(new RegExp(`^${pattern.join("")}$`, "s"));
  return match && blanks.map((place, i) => [place, Number(match[i + 1])]);
}

// Texts, each with a beginning of its own, in which words are looked for: in lower case, some of them at a time one behind the other.
class Haystack {
  constructor(length, parts) {
    Object.assign(this, { length, parts, blocks: [] });
  }

  block(number) {
    if (this.blocks[number]) return this.blocks[number];
    const texts = [], starts = [0], heads = [];
    for (let i = number * BLOCK, at = 0; i < Math.min((number + 1) * BLOCK, this.length); i++) {
      const [head, text] = this.parts(i).map((part) => part.toLowerCase());
      texts.push(head, text);
      heads.push(at + head.length);
      starts.push(at += head.length + text.length);
    }
    return this.blocks[number] = { whole: texts.join(""), starts, heads };
  }

  // Puts them together, some at each step.
  *steps() {
    for (let number = 0; number * BLOCK < this.length; number++) yield () => this.block(number);
  }

  // By text, 1 where it holds a word, or only its beginning does.
  flags(word, inHead = false) {
    const found = new Uint8Array(this.length);
    if (!word) return found.fill(1);
    for (let number = 0; number * BLOCK < this.length; number++) {
      const { whole, starts, heads } = this.block(number);
      for (let at = whole.indexOf(word), i = 0; at >= 0;) {
        while (starts[i + 1] <= at) i++;
        const end = starts[i + 1], within = at + word.length <= (inHead ? heads[i] : end);
        if (within) found[number * BLOCK + i] = 1;
        at = whole.indexOf(word, within || inHead ? end : at + 1);
      }
    }
    return found;
  }
}

const BLOCK = 1024;
