// 全站搜索的引擎：window.faultkb.query 与 window.faultkb.search。界面在 search-ui.js，索引由 search_index.py 生成。
"use strict";
(() => {
  const SITE = new URL("..", document.currentScript.src);
  const INDEX = new URL("api/search/", SITE);
  const FEW = 16; // documents that are loaded at once, and up to which every candidate is checked before answering
  const FIRST_GRAMS = 6; // pieces looked up before seeing whether the candidates are few enough
  const BUNDLE = 64; // documents in a bundle, as in search_index.py
  const SPARSE = 8; // documents wanted of a bundle up to which they are loaded one by one
  const EXCERPT = 110;
  const [TITLE, HEAD, BODY] = [3, 2, 1];
  const WEIGHT = [0, 1, 4, 8];
  const NEAR = 8; // near results at once
  const MOST_GRAMS = 40; // pieces looked up for them at most
  const TELLING = 16; // pieces of which a near result must have a share; who tells a long story tells much beside it
  const ALIKE = 0.36; // that share, in what the pieces tell
  const NEAR_WEIGHT = [0, 0.5, 0.8, 1];
  const UNKNOWN = 0.15; // what a piece tells that no article has, in parts of the rarest one
  const CHANCE = 2; // articles that have a piece by chance: in a small index every other piece is rare

  // --- text: the same as grams.py ---

  const compact = (text) =>
    text.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "").replaceAll("ς", "σ");

  const typed = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/gu, " ").trim();

  // The pieces of a word in order, none part of a longer one, each with whether it is one of those that cover the word.
  function pieces(word) {
    const found = [];
    const letters = [...word];
    if (letters.length === 1) return /[a-z0-9]/.test(word) ? [] : [[word, true]];
    const size = (at) => {
      const latin = /^[a-z0-9]{0,4}/.exec(letters.slice(at, at + 4).join(""))[0];
      return latin.length === 4 && /[0-9]/.test(latin) ? 4 : latin.length > 2 ? 3 : 2;
    };
    let covered = 0, reached = 0;
    for (let at = 0; at < letters.length - 1; at++) {
      const end = at + size(at);
      if (end <= reached) continue;
      reached = end;
      const needed = at >= covered || (end === letters.length && covered < end);
      found.push([letters.slice(at, end).join(""), needed]);
      if (needed) covered = end;
    }
    return found;
  }

  // Those that cover the word come first.
  const grams = (word) => [...new Set(pieces(word).sort((a, b) => b[1] - a[1]).map(([piece]) => piece))];

  // Without its 0x a number is also found where it is written without.
  const bare = (text) => compact(text).replace(/^0x(?=[0-9a-f]{2})/, "");

  function wordsOf(text) {
    const words = text.trim().split(/\s+/u).map(bare).filter(Boolean);
    const long = words.some((word) => [...word].length > 1);
    return [...new Set(long ? words : [words.join("")].filter(Boolean))];
  }

  function crc32(text) {
    let value = -1;
    for (const byte of new TextEncoder().encode(text)) {
      value ^= byte;
      for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
    }
    return ~value >>> 0;
  }

  // --- files ---

  class Cache {
    constructor(size, load) {
      Object.assign(this, { size, load, kept: new Map() });
    }

    get(key) {
      let found = this.kept.get(key);
      this.kept.delete(key);
      if (!found) {
        found = this.load(key);
        found.catch(() => this.kept.delete(key)); // what failed is tried again next time
        if (this.kept.size >= this.size) this.kept.delete(this.kept.keys().next().value);
      }
      this.kept.set(key, found);
      return found;
    }
  }

  async function load(name, options) {
    try {
      const answer = await fetch(new URL(name, INDEX), options);
      if (!answer.ok) throw new Error(answer.status);
      if (!name.includes(".bin")) return await answer.json();
      const plain = answer.body.pipeThrough(new DecompressionStream("deflate"));
      return JSON.parse(await new Response(plain).text());
    } catch (error) {
      base = null; // perhaps the site was built anew: begin with its manifest again
      throw new Error("搜索数据没有读到：请检查网络，或刷新页面再试", { cause: error });
    }
  }

  // Calls back with each number of a list of distances.
  function decode(text, each) {
    let number = 0;
    for (const character of text) {
      const code = character.codePointAt(0);
      number += code - 34 - (code < 0xd800 ? 0 : 0x800);
      each(number);
    }
  }

  async function open() {
    const manifest = await load("manifest.json", { cache: "no-cache" });
    const read = (name) => load(`${name}.bin?v=${manifest.version}`, { cache: "force-cache" });
    const small = await read("facets");
    const numbers = [];
    decode(small.documents, (number) => numbers.push(number));
    const place = new Map(numbers.map((number, at) => [number, at]));
    const places = (text) => {
      const found = [];
      decode(text, (number) => found.push(place.get(number)));
      return Int32Array.from(found);
    };
    const facets = manifest.facets.map(([key, [title, order]]) => {
      const values = Object.entries(small.facets[key] ?? {}).map(([value, text]) => ({ value, places: places(text) }));
      // The order is that of the schema or of the whole site, so that it stays while one types.
      const rank = ({ value }) => (order.indexOf(value) + 1 || Infinity);
      values.sort((a, b) => rank(a) - rank(b) || b.places.length - a.places.length || (a.value < b.value ? -1 : 1));
      return { key, title, values };
    });
    const shards = new Cache(200, (shard) => read(`grams/${shard}`));
    const documents = new Cache(500, async (at) => new Article(await read(`docs/${numbers[at]}`)));
    // The documents at some places, in no order: [[place, article]]. Of a common word nearly all are wanted: in bundles.
    async function* articles(wanted) {
      const bundles = new Map();
      for (const at of wanted) {
        const bundle = Math.floor(numbers[at] / BUNDLE);
        bundles.set(bundle, [...(bundles.get(bundle) ?? []), at]);
      }
      const some = [...bundles];
      while (some.length) {
        const loaded = some.splice(0, 8).map(async ([bundle, places]) => {
          if (places.length <= SPARSE) return Promise.all(places.map(async (at) => [at, await documents.get(at)]));
          const want = new Set(places);
          const all = (await read(`texts/${bundle}`)).map((data) => [place.get(data.number), data]);
          return all.filter(([at]) => want.has(at)).map(([at, data]) => [at, new Article(data)]);
        });
        yield (await Promise.all(loaded)).flat();
      }
    }
    // For a piece of text: at each document's place the level at which it has it.
    const levels = new Cache(100, async (piece) => {
      const lists = (await shards.get(crc32(piece) & (manifest.shards - 1)))[piece] ?? [];
      const found = new Uint8Array(numbers.length);
      lists.forEach((text, index) => decode(text, (number) => (found[place.get(number)] = TITLE - index)));
      return found;
    });
    const terms = new Cache(1, () => read("terms"));
    return { size: numbers.length, facets, documents, articles, levels, terms };
  }

  let base = null;
  const opened = () => (base ??= open());

  // --- a document ---

  class Article {
    constructor(data) {
      const { id, title, url, facets, solution } = data;
      Object.assign(this, { id, title, facets, solution, url: new URL(url, SITE).href });
      this.body = data.body.replace(/\s+/gu, " ").trim();
      this.head = [...new Set([title, id, ...data.head])];
      this.fields = this.head.map(compact);
      this.text = compact(this.body);
      this.all = [...this.fields, this.text];
    }

    get letters() {
      return (this.mapped ??= mapped(this.body));
    }

    get plain() {
      return (this.written ??= [...this.head, this.body].map(typed).join("\n"));
    }

    has(word) {
      return this.all.some((field) => field.includes(word));
    }
  }

  // A text's letters and digits with the place of each in the text. A character is brought to its form together with the
  // marks that combine with it.
  const forms = new Map();
  function mapped(text) {
    const parts = /\p{M}/u.test(text) ? text.match(/[^\p{M}]\p{M}*|\p{M}+/gu) : text;
    let [plain, at] = ["", 0];
    const from = [], to = [];
    for (const part of parts) {
      let form = forms.get(part);
      if (form === undefined) forms.set(part, (form = compact(part)));
      plain += form;
      for (let letter = 0; letter < form.length; letter++) from.push(at), to.push(at + part.length);
      at += part.length;
    }
    return { plain, from, to };
  }

  // Where some words are in a text: [[from, to, word, whether it stands alone]], in order.
  function find(text, words, { plain, from, to } = mapped(text)) {
    const found = [];
    for (const word of words) {
      for (let at = plain.indexOf(word); at >= 0; at = plain.indexOf(word, at + word.length)) {
        const [start, end] = [from[at], to[at + word.length - 1]];
        const inside = (a, b) => /^[a-z0-9]{2}$/i.test((text[a] ?? " ") + (text[b] ?? " "));
        found.push([start, end, word, !inside(start - 1, start) && !inside(end - 1, end)]);
      }
    }
    return found.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  }

  const marks = (found, from, to) => {
    const joined = [];
    for (const [start, end] of found) {
      if (start < from || end > to) continue;
      const last = joined.at(-1);
      if (last && start <= last[1]) last[1] = Math.max(last[1], end);
      else joined.push([start, end]);
    }
    return joined;
  };

  // The part of a text in which the most words are closest together, with the places of the words in it.
  function excerpt(text, found) {
    let [from, best] = [0, 0];
    for (const [start] of found.slice(0, 200)) {
      const near = found.filter((one) => one[0] >= start && one[1] <= start + EXCERPT - 20);
      const worth = new Set(near.map((one) => one[2])).size * 100 + near.length;
      if (worth > best) [from, best] = [start - 20, worth];
    }
    from = Math.max(0, Math.min(from, text.length - EXCERPT));
    let to = Math.min(text.length, from + EXCERPT);
    const low = /[\udc00-\udfff]/;
    if (low.test(text[from] ?? "")) from++;
    if (low.test(text[to] ?? "")) to++;
    const before = from > 0 ? "…" : "";
    const shift = before.length - from;
    return {
      excerpt: before + text.slice(from, to) + (to < text.length ? "…" : ""),
      marks: marks(found, from, to).map(([a, b]) => [a + shift, b + shift]),
    };
  }

  function shown(article, words, score) {
    let text = article.body;
    let found = find(text, words, article.letters);
    if (!found.length && words.length) {
      const line = article.head.slice(2).find((one) => one !== article.solution && find(one, words).length);
      if (line) [text, found] = [line, find(line, words)];
    }
    const { url, id, title, facets, solution } = article;
    const [titleMarks, solutionMarks] = [title, solution].map((one) => marks(find(one, words), 0, one.length));
    return { url, id, title, facets, solution, score, ...excerpt(text, found), titleMarks, solutionMarks };
  }

  // --- order ---

  // A code, a model, a version: who writes one means it, and not those that contain it.
  const names = (word) => /[0-9]/.test(word);

  // How well an article fits, from its text. Each step outweighs all below it: it is the article itself (its id or title),
  // then its error code or model, which may be one word of several; the query in the title; every word in the title; the
  // query is one of the short fields; every word in the head; the query in one piece anywhere; the query, then each word, as
  // typed (2.3.1 is V2.3.1 rather than L-231); at last how much of the title it is, and how often it is in the body, where whole words count for more than pieces of Latin ones. Equal ones:
  // newer first.
  function fit(article, { words, phrase, text }) {
    const [title, id, ...head] = article.fields;
    const every = (has) => words.every(has);
    const is = (word) => (field) => field === word || field === `0x${word}`;
    const found = find(article.body, words, article.letters).reduce((sum, one) => sum + (one[3] ? 1 : 0.3), 0);
    const steps = [
      [id, title].some(is(phrase)),
      [phrase, ...words].some((word) => names(word) && article.fields.some(is(word))),
      title.includes(phrase),
      every((word) => title.includes(word)),
      head.some(is(phrase)),
      every((word) => article.fields.some((field) => field.includes(word))),
      article.all.some((field) => field.includes(phrase)),
      article.plain.includes(typed(text)),
      typed(text).split(" ").every((word) => article.plain.includes(word)),
    ];
    const score = steps.reduce((sum, step) => sum * 2 + step, 0);
    const named = words.filter((word) => title.includes(word)).join("").length;
    return score + 0.4 * (found / (found + 4)) + 0.5 * Math.min(1, named / (title.length || 1));
  }

  // --- a query ---

  const clean = (filters, facets) =>
    Object.entries(filters ?? {})
      .map(([key, some]) => {
        if (facets.some((facet) => facet.key === key)) return [key, new Set([some ?? []].flat().map(String))];
        throw new Error(`没有筛选项“${key}”，可用的是：${facets.map((facet) => facet.key).join("、")}`);
      })
      .filter(([, some]) => some.size);

  // Levels of each word at each document, from as many of its pieces as it takes to leave few candidates.
  async function lookUp(index, words) {
    const parts = words.map(grams).filter((some) => some.length);
    const queue = []; // one piece of each word in turn
    for (let at = 0; parts.some((some) => at < some.length); at++)
      parts.forEach((some, word) => at < some.length && queue.push([word, some[at]]));
    const found = parts.map(() => new Uint8Array(index.size).fill(TITLE));
    let some = queue.splice(0, Math.max(FIRST_GRAMS, parts.length));
    while (some.length) {
      const levels = await Promise.all(some.map(([, piece]) => index.levels.get(piece)));
      levels.forEach((level, one) => {
        const word = found[some[one][0]];
        for (let at = 0; at < word.length; at++) if (level[at] < word[at]) word[at] = level[at];
      });
      let left = 0;
      for (let at = 0; at < index.size; at++) left += found.every((word) => word[at]);
      some = left > FEW ? queue.splice(0, FIRST_GRAMS) : [];
    }
    return { found, certain: parts.length === words.length && parts.every((pieces) => pieces.length === 1) };
  }

  function scores(found, size) {
    const score = new Float64Array(size);
    const has = new Uint8Array(size).fill(1);
    for (const word of found) {
      let hits = 0;
      for (const level of word) hits += level > 0;
      const rare = Math.log(1 + size / (1 + hits));
      for (let place = 0; place < size; place++) {
        if (!word[place]) has[place] = 0;
        score[place] += rare * WEIGHT[word[place]];
      }
    }
    return { score, has };
  }

  // The candidates by what the index tells. As only those loaded at once are ordered by their texts, those that are exactly
  // what is asked for must be among the first; the steps are those of fit().
  async function ordered({ index, queue, score, words, phrase }) {
    const asked = queue.length > FEW && words.length ? [...new Set([phrase, ...words.filter(names)])] : [];
    const levels = await Promise.all(asked.map((one) => index.levels.get(`=${one}`)));
    const sums = score.slice();
    levels.forEach((level, at) => {
      for (const place of queue) {
        if (!level[place]) continue;
        if (!at && level[place] === TITLE) sums[place] += 1e12;
        else if (names(asked[at])) sums[place] += 1e9;
        else sums[place] *= 1.5; // more than in the head, less than in the title
      }
    });
    return queue.sort((a, b) => sums[b] - sums[a] || b - a);
  }

  // For each facet whether a document passes it.
  function passes(index, filters) {
    return filters.map(([key, some]) => {
      const passed = new Uint8Array(index.size);
      for (const { value, places } of index.facets.find((facet) => facet.key === key)?.values ?? [])
        if (some.has(value)) for (const place of places) passed[place] = 1;
      return { key, passed };
    });
  }

  function counted(index, has, filters, passed) {
    const chosen = new Map(filters);
    return index.facets.map(({ key, title, values }) => {
      const others = passed.filter((one) => one.key !== key);
      const counts = values.map(({ value, places }) => {
        let count = 0;
        for (const place of places) count += has[place] && others.every((one) => one.passed[place]);
        return { value, count, selected: chosen.get(key)?.has(value) ?? false };
      });
      return { key, title, values: counts.filter((one) => one.count || one.selected) };
    });
  }

  class Answer {
    constructor(fields) {
      Object.assign(this, fields, { ranked: [], working: Promise.resolve() });
    }

    get total() {
      return this.ranked.length + this.queue.length;
    }

    get exact() {
      return this.certain || !this.queue.length;
    }

    // The candidates from..to in order that have all words; calls at the same time wait for each other.
    results = (from = 0, to = Infinity) => {
      const next = this.working.then(() => this.#rank(to)).then((all) => all.slice(from, to).map(({ hit }) => hit));
      this.working = next.catch(() => {});
      return next;
    };

    // Articles that do not have all words, but the most telling pieces of what is asked: the most alike first.
    near = async (from = 0, to = NEAR) => {
      this.alike ??= alike(this.index, this.text, this.passed);
      const { queue, telling } = await this.alike;
      const hits = [];
      for (let at = 0; at < queue.length && hits.length < to; at += NEAR) {
        const some = queue.slice(at, at + NEAR);
        const articles = await Promise.all(some.map(({ place }) => this.index.documents.get(place)));
        articles.forEach((article, one) => {
          if (!this.words.every((word) => article.has(word))) hits.push(shown(article, telling, some[one].score));
        });
      }
      return hits.slice(from, to);
    };

    async #rank(to) {
      if (!this.ordered) this.queue = await ordered(this);
      this.ordered = true;
      while (this.ranked.length < to && this.queue.length) {
        const some = this.queue.slice(0, to - this.ranked.length > BUNDLE ? Infinity : FEW);
        const fitting = [];
        for await (const loaded of this.index.articles(some))
          for (const [place, article] of loaded) {
            if (!this.certain && !this.words.every((word) => article.has(word))) continue;
            const score = this.words.length ? fit(article, this) : 0;
            fitting.push({ place, score, hit: shown(article, this.words, score) });
          }
        this.queue.splice(0, some.length);
        this.ranked.push(...fitting.sort((a, b) => b.score - a.score || b.place - a.place));
      }
      return this.ranked;
    }
  }

  async function ask(text, named) {
    const index = await opened();
    const filters = clean(named, index.facets);
    const words = wordsOf(text);
    const tooShort = words.length ? words.length === 1 && [...words[0]].length === 1 : text.trim() !== "";
    const { found, certain } = await lookUp(index, tooShort ? [] : words);
    const { score, has } = scores(found, index.size);
    if (tooShort) has.fill(0);
    const answer = { index, text, words, score, certain: certain || !words.length, phrase: bare(text) };
    let queue = [...has.keys()].filter((place) => has[place]);
    if (!answer.certain && queue.length <= FEW) {
      const articles = await Promise.all(queue.map((place) => index.documents.get(place)));
      queue.forEach((place, at) => (has[place] = words.every((word) => articles[at].has(word))));
      answer.certain = true;
    }
    const hits = has.reduce((sum, one) => sum + one, 0);
    const passed = (answer.passed = passes(index, filters));
    answer.queue = queue.filter((place) => has[place] && passed.every((one) => one.passed[place]));
    answer.facets = counted(index, has, filters, passed);
    return { answer: new Answer(answer), hits };
  }

  // --- near ---

  // What people say around a fault, which tells none from another; and the ends of sentences.
  const FILLER =
    /请问|您好|你好|麻烦|一下|怎么(办|回事|样|弄|解决|处理)?|为什么|为何|如何|什么|是不是|有没有|我们?家?|你们?|家里|老是|总是|一直|突然|现在|已经|[以之]后|[的了吗呢啊吧呀哦嘛就都也很又，。！？；：、,!?;]/gu;
  // A code is right or wrong, and no two that look alike mean the same.
  const CODE = /^[a-z0-9]*[0-9][a-z0-9]*$/;

  // The pieces of what is asked, each with those beside it; of a long story those that cover it.
  function askedFor(text) {
    const words = wordsOf(text.replace(FILLER, " ")).filter((word) => word.length > 1);
    if (words.every((word) => CODE.test(word))) return [];
    const all = words.flatMap((word) =>
      pieces(word).map(([piece, needed], at, some) => ({ piece, needed, before: some[at - 1]?.[0], after: some[at + 1]?.[0] })));
    const kept = new Map(all.sort((a, b) => b.needed - a.needed).map((one) => [one.piece, one]));
    return [...kept.values()].slice(0, MOST_GRAMS);
  }

  async function alike(index, text, passed) {
    const asked = askedFor(text);
    const levels = await Promise.all(asked.map(({ piece }) => index.levels.get(piece)));
    const hits = new Map(asked.map(({ piece }, at) => [piece, levels[at].reduce((sum, level) => sum + (level > 0), 0)]));
    // A rare piece tells much, one that no article has little, and so does the seam of two words.
    const rare = (piece) => (hits.get(piece) ? 1 : UNKNOWN) * Math.log(1 + index.size / (hits.get(piece) + CHANCE));
    const seam = ({ piece, before, after }) => hits.get(piece) < Math.min(hits.get(before) ?? 0, hits.get(after) ?? 0);
    const weights = asked.map((one) =>
      seam(one) ? Math.min(rare(one.piece), rare(one.before) / 2, rare(one.after) / 2) : rare(one.piece));
    const most = [...weights].sort((a, b) => b - a).slice(0, TELLING);
    const all = most.reduce((sum, weight) => sum + weight, 0);
    const queue = [];
    for (let place = 0; place < index.size; place++) {
      let [shared, worth, count] = [0, 0, 0];
      levels.forEach((level, at) => {
        if (!level[place]) return;
        shared += weights[at];
        worth += weights[at] * NEAR_WEIGHT[level[place]];
        count++;
      });
      if (count > 1 && shared >= ALIKE * all && passed.every((one) => one.passed[place])) queue.push({ place, score: worth / all });
    }
    queue.sort((a, b) => b.score - a.score || b.place - a.place);
    const least = (queue[0]?.score ?? 0) / 2;
    return { queue: queue.filter((one) => one.score >= least), telling: asked.filter((one) => !seam(one)).map((one) => one.piece) };
  }

  // --- nothing found ---

  // How many letters must be changed, left out, put in or exchanged (the commonest slip); more than `most` is Infinity.
  function distance(a, b, most) {
    if (Math.abs(a.length - b.length) > most) return Infinity;
    let [before, row] = [[], Array.from({ length: b.length + 1 }, (_, at) => at)];
    for (let i = 1; i <= a.length; i++) {
      const next = [i];
      for (let j = 1; j <= b.length; j++) {
        next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] !== b[j - 1]));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) next[j] = Math.min(next[j], before[j - 2] + 0.9);
      }
      [before, row] = [row, next];
    }
    return row[b.length] <= most ? row[b.length] : Infinity;
  }

  const pairsOf = (text) => Array.from({ length: Math.max(0, text.length - 1) }, (_, at) => text.slice(at, at + 2));

  // Terms like a word: a letter in four wrong, or most pairs of letters the same. The nearest first.
  function similar(word, terms) {
    const most = Math.max(1, Math.floor(word.length / 4));
    const pairs = new Set(pairsOf(word));
    const near = [];
    for (const { text, plain, count } of terms) {
      const wrong = distance(word, plain, most) / word.length;
      const same = pairsOf(plain).filter((pair) => pairs.has(pair)).length;
      const worth = Math.max(1 - wrong, (2 * same) / (pairs.size + plain.length - 1));
      if (worth >= 0.5) near.push({ text, worth, count });
    }
    return near.sort((a, b) => b.worth - a.worth || b.count - a.count).map((one) => one.text);
  }

  // A word with one Chinese character replaced by one that follows or precedes its neighbour in some term.
  function mended(word, terms) {
    const pairs = new Map();
    for (const { plain, count } of terms)
      for (const pair of pairsOf(plain)) pairs.set(pair, (pairs.get(pair) ?? 0) + count);
    const worth = new Map();
    for (let at = 0; at < word.length; at++) {
      if (!/\p{Script=Han}/u.test(word[at])) continue;
      for (const [pair, count] of pairs) {
        for (const [neighbour, own, other] of [[word[at - 1], pair[1], pair[0]], [word[at + 1], pair[0], pair[1]]]) {
          if (neighbour !== other || own === word[at]) continue;
          const text = word.slice(0, at) + own + word.slice(at + 1);
          // Support from both neighbours counts for more than any from one.
          worth.set(text, (worth.get(text) ?? 0) + count + (worth.has(text) ? 1e6 : 0));
        }
      }
    }
    return [...worth].sort((a, b) => b[1] - a[1]).map(([text]) => text);
  }

  // Queries that find something in place of one that finds nothing, the likeliest first.
  async function suggest(words) {
    const index = await opened();
    const terms = Object.entries(await index.terms.get("")).map(([text, count]) => ({ text, plain: compact(text), count }));
    const tried = new Set();
    words.forEach((word, at) => {
      const instead = (other) => [...words.slice(0, at), other, ...words.slice(at + 1)].join(" ");
      if (word.length > 1) similar(word, terms).slice(0, 4).forEach((one) => tried.add(instead(one)));
      // 门锁离线 stands nowhere, but 门锁 and 离线 may stand in one article.
      for (let cut = 2; cut <= Math.min(word.length - 2, 6); cut++)
        if (/\p{Script=Han}/u.test(word)) tried.add(instead(`${word.slice(0, cut)} ${word.slice(cut)}`));
      if (word.length > 2) mended(word, terms).slice(0, 6).forEach((one) => tried.add(instead(one)));
    });
    if (words.length > 1) words.filter((word) => word.length > 1).forEach((word) => tried.add(word));
    const counts = [...tried].slice(0, 16).map(async (text) => ({ text, count: (await ask(text)).answer.total }));
    return (await Promise.all(counts)).filter((one) => one.count).slice(0, 5);
  }

  // --- what others call ---

  async function query(text = "", { filters } = {}) {
    const { answer, hits } = await ask(String(text), filters);
    answer.suggestions = answer.words.length && !hits ? await suggest(answer.words) : [];
    return answer;
  }

  async function search(text, { filters, limit = Infinity } = {}) {
    if (limit !== Infinity && !(Number.isInteger(limit) && limit > 0)) throw new Error("limit 只能是正整数");
    const found = await (await ask(String(text), filters)).answer.results(0, limit);
    return found.map(({ url, id, title, excerpt: part, solution, score }) => ({ url, id, title, excerpt: part, solution, score }));
  }

  const cut = { compact, words: wordsOf, grams, bare, shard: (piece, shards) => crc32(piece) & (shards - 1) };
  window.faultkb = { ...window.faultkb, query, search, cut };
})();
