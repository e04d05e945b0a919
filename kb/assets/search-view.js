// What the search shows: results, facets and help as elements. Texts of articles enter as text, never as HTML.
"use strict";
{
  const COLLAPSED = 8;
  const LONG = 20;

  /** Make an element: `make("a", {class: "x", href}, "text", child)`. */
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === true) element.setAttribute(name, "");
      else if (value !== false && value != null) element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  };

  /** Return a text with some of its parts, given as [from, to], marked. */
  const marked = (text, marks = []) => {
    const parts = [];
    let end = 0;
    for (const [from, to] of marks) {
      if (from < end || to <= from) continue;
      parts.push(text.slice(end, from), make("mark", {}, text.slice(from, to)));
      end = to;
    }
    return [...parts, text.slice(end)].filter((part) => part !== "");
  };

  /** Return one result as an item of a list: one link with title, context, what helps, and the line that says what it is about. */
  const result = (hit, site) => {
    const { product = [], severity = [] } = hit.facets ?? {};
    const { solution } = hit;
    const fix = solution ? [make("b", {}, "解决："), ...marked(solution, hit.solutionMarks)] : [];
    const about = [product.join("、"), ...severity, hit.id].filter(Boolean);
    return make(
      "li",
      {},
      make(
        "a",
        { class: "fault-hit", href: new URL(hit.url, site) },
        make("span", { class: "fault-hit__title" }, ...marked(hit.title, hit.titleMarks)),
        make("span", { class: "fault-hit__text" }, ...marked(hit.excerpt ?? "", hit.marks)),
        make("span", { class: "fault-hit__fix" }, ...fix),
        make(
          "span",
          { class: "fault-hit__about" },
          ...about.map((part) => make("span", { "data-severity": severity.includes(part) ? part : null }, part)),
        ),
      ),
    );
  };

  /** Return results that are only alike, under a heading that says so. */
  const near = (hits, site) =>
    make(
      "section",
      { class: "fault-near" },
      make("h2", {}, "意思相近的"),
      make("ol", { "aria-label": "意思相近的" }, ...hits.map((hit) => result(hit, site))),
    );

  const choice = (key, one) =>
    make(
      "label",
      { class: "fault-choice" },
      make("input", { type: "checkbox", name: key, value: one.value, checked: one.selected }),
      make("span", {}, one.value),
      make("span", { class: "fault-choice__count" }, String(one.count)),
    );

  /** Return a facet as a group of checkboxes: the first few, and those that are chosen; the rest on request. */
  const facet = ({ key, title, values }, opened) => {
    const few = opened.has(key) ? values : values.filter((one, place) => place < COLLAPSED || one.selected);
    const choices = make("div", { class: "fault-choices" }, ...few.map((one) => choice(key, one)));
    if (few.length < values.length) {
      const more = make("button", { type: "button", class: "fault-more" }, `更多（${values.length - few.length}）`);
      more.addEventListener("click", () => {
        opened.add(key);
        const all = values.map((one) => choice(key, one));
        const first = all.find((_one, place) => !few.includes(values[place]));
        choices.replaceChildren(...all);
        first.querySelector("input").focus();
      });
      choices.append(more);
    }
    return make("fieldset", {}, make("legend", {}, title), choices);
  };

  const button = (text, press) => {
    const element = make("button", { type: "button", class: "fault-suggestion" }, text);
    element.addEventListener("click", press);
    return element;
  };

  const tries = (title, list, say) =>
    list.length
      ? [make("p", {}, title, ...list.map((one) => button(`${one.text}（${one.count}）`, () => say(one.text))))]
      : [];

  /** Return what helps where nothing was found: other spellings, the words one by one, fewer filters, the way to report. */
  const nothing = ({ text, site, similar, words, say, clear }) =>
    make(
      "div",
      { class: "fault-nothing" },
      ...tries("您要找的是不是：", similar, say),
      ...tries("分开来搜：", words, say),
      ...(clear ? [make("p", {}, button("去掉全部筛选条件", clear))] : []),
      make("p", {}, [...text].length > LONG ? "说法太长了，只留产品、动作和现象再试，例如“网关 重启”。" : "换一个说法再试：用户的原话、错误代码、型号都可以。"),
      make("p", {}, "没有找到？", make("a", { href: new URL("guide/", site) }, "提交故障")),
    );

  window.faultkb ??= {};
  window.faultkb.view = { make, marked, result, near, facet, button, nothing };
}
