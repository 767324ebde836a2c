// Conditions of declarations, which Python compiled to nested lists: [kind, ...parts].

const isTrue = (value) => (Array.isArray(value) ? value.length > 0 : Boolean(value));
const isEqual = (one, other) =>
  Array.isArray(one) && Array.isArray(other)
    ? one.length === other.length && one.every((value, i) => isEqual(value, other[i]))
    : (typeof one === "boolean" ? Number(one) : one) === (typeof other === "boolean" ? Number(other) : other);
const isIn = (one, other) => (typeof other === "string" ? other.includes(one) : other.some((value) => isEqual(one, value)));

const COMPARISONS = {
  "==": isEqual, "!=": (a, b) => !isEqual(a, b), "<": (a, b) => a < b, "<=": (a, b) => a <= b, ">": (a, b) => a > b, ">=": (a, b) => a >= b,
  in: isIn, "not in": (a, b) => !isIn(a, b),
};
const ARITHMETIC = {
  "+": (a, b) => (Array.isArray(a) ? [...a, ...b] : a + b), "-": (a, b) => a - b, "*": (a, b) => a * b, "//": floored, "%": modulo,
};

const most = (pick) => (values, { default: otherwise } = {}) => {
  if (!values.length && otherwise === undefined) throw new RangeError("of nothing");
  return values.length ? values.reduce((a, b) => pick(a, b)) : otherwise;
};
const CALLS = {
  any: (values) => values.some(isTrue), all: (values) => values.every(isTrue), len: (values) => values.length,
  sum: (values) => values.reduce((a, b) => a + Number(b), 0), max: most((a, b) => (b > a ? b : a)), min: most((a, b) => (b < a ? b : a)),
};

const KINDS = {
  is: (names, value) => value,
  name: (names, name) => names(name),
  and: (names, ...parts) => parts.reduce((held, part) => (isTrue(held) ? evaluated(part, names) : held), true),
  or: (names, ...parts) => parts.reduce((held, part) => (isTrue(held) ? held : evaluated(part, names)), false),
  not: (names, part) => !isTrue(evaluated(part, names)),
  minus: (names, part) => -evaluated(part, names),
  if: (names, test, one, other) => evaluated(isTrue(evaluated(test, names)) ? one : other, names),
  list: (names, ...parts) => parts.map((part) => evaluated(part, names)),
  compare: (names, first, ...rest) => {
    let left = evaluated(first, names);
    for (let i = 0; i < rest.length; i += 2) {
      const right = evaluated(rest[i + 1], names);
      if (!COMPARISONS[rest[i]](left, right)) return false;
      left = right;
    }
    return true;
  },
  at: (names, list, index) => evaluated(list, names).at(evaluated(index, names)),
  slice: (names, list, from, to) => evaluated(list, names).slice(from ? evaluated(from, names) : 0, to ? evaluated(to, names) : undefined),
  call: (names, name, given, named) => {
    const values = given.map((part) => evaluated(part, names));
    if (name === "zip") return Array.from({ length: Math.min(...values.map((list) => list.length)) }, (_, i) => values.map((list) => list[i]));
    return CALLS[name](values.length > 1 ? values : values[0], Object.fromEntries(Object.entries(named).map(([key, part]) => [key, evaluated(part, names)])));
  },
  for: (names, made, targets, list, tests) => {
    const made_of = [];
    for (const value of evaluated(list, names)) {
      const bound = Object.fromEntries(targets.map((target, i) => [target, targets.length > 1 ? value[i] : value]));
      const inner = (name) => (name in bound ? bound[name] : names(name));
      if (tests.every((test) => isTrue(evaluated(test, inner)))) made_of.push(evaluated(made, inner));
    }
    return made_of;
  },
};

// `names`: name -> value. Throws where Python would.
function evaluated([kind, ...parts], names) {
  if (kind in ARITHMETIC) return ARITHMETIC[kind](evaluated(parts[0], names), evaluated(parts[1], names));
  return KINDS[kind](names, ...parts);
}
