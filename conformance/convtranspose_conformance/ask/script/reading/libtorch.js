// A layer as libtorch says it, in C++: ConvTranspose2d(ConvTranspose2dOptions(16, 8, {3, 3}).stride(2).bias(false)).

const OPTIONS = /(?:[A-Za-z_]\w*\s*::\s*)*\bConvTranspose([123])d(?:Func)?Options\s*(?=\()/;

// The text with such options as Python has the same arguments: ConvTranspose2d(16, 8, [3, 3], stride=2, bias=False).
function fromLibtorch(text) {
  const at = text.match(OPTIONS);
  if (!at) return text;
  const inside = withinParentheses(text, at.index + at[0].length), given = [inside.text];
  let { end } = inside;
  for (let setter; (setter = text.slice(end).match(/^\s*\.\s*(\w+)\s*(?=\()/)); ) {
    const value = withinParentheses(text, end + setter[0].length);
    given.push(`${setter[1]}=${value.text}`);
    end = value.end;
  }
  const said = given.filter((each) => each.trim()).join(", ").replaceAll("{", "[").replaceAll("}", "]").replace(/\btrue\b/g, "True").replace(/\bfalse\b/g, "False").replace(/\btorch::k(?=Zeros)/g, "");
  const before = text.slice(0, at.index).replace(/\bregister_module\s*\(\s*"[^"]*"\s*,/, " "), layer = before.match(/(?:[A-Za-z_]\w*\s*::\s*)*\bConvTranspose[123]d(?:\s+\w+)?\s*[({]\s*$/);
  if (layer) return `${before.slice(0, layer.index)}ConvTranspose${at[1]}d(${said})${text.slice(end).replace(/^\s*[)}]/, "")}`;
  return LAYER.test(before) ? before + said + text.slice(end) : `${before}ConvTranspose${at[1]}d(${said})${text.slice(end)}`;
}

// What stands within the parentheses that open at a place, and where they end.
function withinParentheses(text, from) {
  let depth = 0, end = from;
  do {
    if ("([{".includes(text[end])) depth++;
    if (")]}".includes(text[end])) depth--;
    end++;
  } while (depth && end < text.length);
  return { text: text.slice(from + 1, depth ? end : end - 1), end };
}
