// The search box: one implementation for the dialog of every page, the home page, the search page and the 404 page.
"use strict";
{
  const site = new URL("..", document.currentScript.src);
  const { make, result, near, facet, button, nothing } = window.faultkb.view;
  const FACETS = ["product", "type", "severity", "version", "year"];
  const STEP = 20;
  const FEW = 5;
  const NEAR = 6;
  const PAUSE = 120;
  const PATIENCE = 200;
  let boxes = 0;

  const letters = (text) => [...window.faultkb.cut.compact(text)].length;
  const count = (answer) => `${answer.exact === false ? "约 " : ""}${answer.total} 篇`;

  /** Read a query from the part of an address after the question mark. */
  const read = (query) => {
    const asked = new URLSearchParams(query);
    const filters = FACETS.map((key) => [key, asked.getAll(key)]).filter(([, values]) => values.length);
    return { text: asked.get("q") ?? "", filters: Object.fromEntries(filters) };
  };

  /** Write a query as the part of an address after the question mark, empty for an empty query. */
  const written = ({ text, filters }) => {
    const asked = new URLSearchParams(text ? [["q", text]] : []);
    for (const [key, values] of Object.entries(filters)) for (const value of values) asked.append(key, value);
    return `?${asked}`.replace(/^\?$/u, "");
  };

  class Box {
    constructor(root, changed) {
      const part = (name) => root.querySelector(`.fault-search__${name}`);
      Object.assign(this, { root, changed, filters: {}, opened: new Set(), turn: 0, timer: 0 });
      this.input = part("input");
      this.clear = part("clear");
      this.status = part("status");
      this.panel = part("panel");
      this.details = part("facets");
      this.found = part("found");
      this.found.id = `fault-found-${(boxes += 1)}`;
      this.input.setAttribute("aria-controls", this.found.id);
      this.details.open = matchMedia("(min-width: 60em)").matches;
      this.listen(part("form"));
    }

    listen(form) {
      const typed = (event) => {
        this.clear.hidden = !this.input.value;
        clearTimeout(this.timer);
        // What an input method is still composing is not a word yet.
        if (!event.isComposing) this.timer = setTimeout(() => this.run(), PAUSE);
      };
      this.input.addEventListener("input", typed);
      this.input.addEventListener("compositionend", typed);
      // Enter that only ends composing (229, where isComposing is false already) does not submit.
      this.input.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.preventDefault();
      });
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.openFirst();
      });
      form.addEventListener("reset", (event) => {
        event.preventDefault();
        this.ask({ text: "", filters: {} });
        this.input.focus();
      });
      this.details.addEventListener("change", () => this.choose());
      this.root.addEventListener("keydown", (event) => this.move(event));
    }

    get state() {
      return { text: this.input.value.trim(), filters: this.filters };
    }

    /** Ask for something else than what is typed: from the address, or a suggestion. */
    ask({ text, filters }, silent = false) {
      this.input.value = text;
      this.clear.hidden = !text;
      this.filters = filters;
      return this.run(silent);
    }

    /** Take the choices of the facets as the filters. */
    choose() {
      this.filters = {};
      for (const { name, value } of this.details.querySelectorAll("input:checked")) (this.filters[name] ??= []).push(value);
      this.run();
    }

    /** Answer what stands in the box. */
    run(silent = false) {
      this.running = this.answer(silent);
      return this.running;
    }

    /** An answer that comes after a newer question is dropped. */
    async answer(silent) {
      clearTimeout(this.timer);
      const { text, filters } = this.state;
      const turn = (this.turn += 1);
      if (!silent) this.changed(this.state);
      this.asked = written(this.state);
      if (!text && !Object.keys(filters).length) return this.rest("");
      if (text && letters(text) < 2) return this.rest(letters(text) ? "再输入一个字" : "请输入文字、代码或型号");
      const waiting = setTimeout(() => turn === this.turn && this.say("正在搜索…"), PATIENCE);
      this.root.setAttribute("aria-busy", "true");
      try {
        const answer = await window.faultkb.query(text, { filters });
        const hits = await answer.results(0, STEP);
        const alike = answer.total < FEW ? await answer.near(0, NEAR) : [];
        const other = await this.others(answer.suggestions, [...hits, ...alike]);
        if (turn === this.turn) this.show(answer, hits, alike, other);
      } catch (error) {
        if (turn === this.turn) this.fail(error);
      } finally {
        clearTimeout(waiting);
        if (turn === this.turn) this.root.removeAttribute("aria-busy");
      }
      return undefined;
    }

    /** Return the suggestions that lead to more than what is shown anyway. */
    async others(suggestions, hits) {
      const shown = new Set(hits.map(({ id }) => id));
      const found = suggestions.map(async ({ text, count }) =>
        count > shown.size || (await window.faultkb.search(text)).some(({ id }) => !shown.has(id)));
      const leads = await Promise.all(found);
      return suggestions.filter((_one, place) => leads[place]);
    }

    say(...what) {
      this.status.replaceChildren(...what);
    }

    rest(message) {
      this.root.removeAttribute("aria-busy");
      this.panel.hidden = true;
      this.found.replaceChildren();
      this.say(message);
    }

    fail(error) {
      console.warn(error);
      this.asked = null; // so that Enter tries again
      this.panel.hidden = true;
      this.found.replaceChildren();
      this.say("现在不能搜索，可能是网络断了。", button("再试一次", () => this.run()));
    }

    show(answer, hits, alike, suggestions) {
      this.panel.hidden = false;
      this.showFacets(answer.facets);
      const others = alike.length ? [near(alike, site)] : [];
      if (answer.total) {
        this.say(count(answer));
        const list = make("ol", { "aria-label": "搜索结果" }, ...hits.map((hit) => result(hit, site)));
        this.found.replaceChildren(list, ...this.more(answer, list, hits.length), ...others);
        return;
      }
      this.say(alike.length ? "没有完全一致的，下面是意思相近的" : "没有找到");
      this.found.replaceChildren(...others, this.help(answer.words, suggestions));
    }

    /** Return what to do where nothing was found. */
    help(asked, suggestions) {
      const { text, filters } = this.state;
      const isWord = (one) => asked.includes(one.text);
      const again = (state) => this.ask(state).then(() => this.input.focus());
      return nothing({
        text,
        site,
        similar: suggestions.filter((one) => !isWord(one)),
        words: suggestions.filter(isWord),
        say: (other) => again({ text: other, filters: {} }),
        clear: Object.keys(filters).length ? () => again({ text, filters: {} }) : null,
      });
    }

    showFacets(facets) {
      const focused = document.activeElement;
      const kept = this.details.contains(focused) && focused.matches("input") ? focused : null;
      const useful = facets.filter(({ values }) => values.length > 1 || values.some((one) => one.selected));
      this.details.hidden = useful.length === 0;
      this.details.lastElementChild.replaceChildren(...useful.map((one) => facet(one, this.opened)));
      const chosen = Object.values(this.filters).flat().length;
      this.details.firstElementChild.textContent = chosen ? `筛选（已选 ${chosen}）` : "筛选";
      if (kept) {
        const again = [...this.details.querySelectorAll("input")];
        (again.find(({ name, value }) => name === kept.name && value === kept.value) ?? this.input).focus();
      }
    }

    /** Return a button that adds further results below the list, none where there are no more. */
    more(answer, list, shown) {
      if (shown >= answer.total || !shown) return [];
      const element = make("button", { type: "button", class: "fault-more" }, "显示更多");
      element.addEventListener("click", async () => {
        element.disabled = true;
        const from = list.children.length;
        try {
          const hits = await answer.results(from, from + STEP);
          list.append(...hits.map((hit) => result(hit, site)));
          list.children[from]?.firstElementChild.focus();
          // The total is an estimate until all candidates have been read.
          this.say(count(answer));
          if (!hits.length || list.children.length >= answer.total) element.remove();
        } catch (error) {
          this.fail(error);
        }
        element.disabled = false;
      });
      return [element];
    }

    /** Enter in the box opens the first result, of a question not answered yet as soon as it is; what is only alike it shows. */
    async openFirst() {
      const asked = written(this.state);
      if (this.asked !== asked) this.run();
      await this.running;
      if (asked !== written(this.state) || document.activeElement !== this.input) return;
      const first = this.found.querySelector("a, button");
      if (first?.matches(".fault-hit") && !first.closest(".fault-near")) first.click();
      else first?.focus();
    }

    /** The arrow keys lead from the box through the results and back. */
    move(event) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
      const stops = [this.input, ...this.found.querySelectorAll("a, button")];
      const place = stops.indexOf(document.activeElement);
      if (place < 0 || !stops[place + step]) return;
      event.preventDefault();
      stops[place + step].focus();
    }
  }

  const dialog = document.querySelector("[data-fault-dialog]");
  const link = dialog.querySelector("[data-fault-page]");
  const page = new URL("search/", site);
  const inDialog = new Box(dialog.querySelector("[data-fault-search]"), (state) => {
    link.href = `${page}${written(state)}`;
  });

  // The box in the page, if there is one, shares its question by the address.
  const embedded = document.querySelector(".md-container [data-fault-search]");
  const inPage =
    embedded &&
    new Box(embedded, (state) => {
      history.replaceState(history.state, "", `${location.pathname}${written(state)}${location.hash}`);
    });
  if (inPage) {
    const restore = () => {
      const asked = read(location.search);
      if (written(asked) !== written(inPage.state)) inPage.ask(asked, true);
    };
    addEventListener("popstate", restore);
    restore();
    // Who comes to the search page is going to type; who comes back reads on where they were.
    const back = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
    if (location.pathname === page.pathname && !location.hash && !scrollY && !back) inPage.input.focus({ preventScroll: true });
  }

  const open = () => {
    if (inPage) {
      embedded.scrollIntoView({ block: "nearest" });
      inPage.input.focus();
      inPage.input.select();
    } else if (!dialog.open) {
      dialog.showModal();
      inDialog.input.focus();
      inDialog.input.select();
    }
  };

  document.querySelector("[data-fault-find]").addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  dialog.querySelector("[data-fault-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());

  const typing = ({ target }) => target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
  // Before the theme's own keys, which would do something else.
  addEventListener(
    "keydown",
    (event) => {
      const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event);
      const letter = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
      if (event.isComposing || !(slash || letter)) return;
      event.preventDefault();
      open();
    },
    true,
  );
}
