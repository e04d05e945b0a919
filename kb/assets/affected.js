// 我受影响吗？ Product and version are chosen, the known faults of that version are shown; the address keeps the choice.
"use strict";
{
  const site = new URL("..", document.currentScript.src);

  const element = (name, about = {}, ...inside) => {
    const made = document.createElement(name);
    Object.assign(made, about);
    made.append(...inside);
    return made;
  };

  const load = async (path) => {
    const answer = await fetch(new URL(path, site));
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  };

  const choice = (title, id) => {
    const select = element("select", { id });
    return [select, element("p", {}, element("label", { htmlFor: id }, title), select)];
  };

  const fill = (select, first, values) => {
    select.replaceChildren(new Option(first, ""), ...values.map(([value, text]) => new Option(text, value)));
    select.disabled = !values.length;
  };

  const row = (fault, id) => {
    const fixed = fault.fixed_versions.join("、");
    const badge = element("span", { className: "fault-badge" }, fault.severity);
    badge.dataset.severity = fault.severity;
    const state = fixed ? `已在 ${fixed} 修好` : "尚无修复版本";
    const about = element("small", {}, badge, element("span", {}, id), element("strong", { className: fixed ? "is-fixed" : "is-open" }, state));
    const link = element("a", { href: new URL(fault.url, site).href }, fault.title);
    return element("li", {}, link, about, element("p", {}, fault.solution));
  };

  const list = (ids, faults) => {
    const box = element("div", { className: "fault-list" }, element("ul", {}, ...ids.map((id) => row(faults[id], id))));
    return box;
  };

  const start = async (place) => {
    const [product, productLine] = choice("产品", "affected-product");
    const [version, versionLine] = choice("正在使用的版本", "affected-version");
    const status = element("p", { className: "fault-answer" });
    status.setAttribute("role", "status");
    const found = element("div");
    place.append(element("form", {}, productLine, versionLine), status, found);
    place.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
    place.hidden = false;
    let data = null;

    const remember = () => {
      const query = new URLSearchParams();
      if (product.value) query.set("product", product.value);
      if (version.value) query.set("version", version.value);
      history.replaceState(null, "", `${location.pathname}${query.size ? `?${query}` : ""}`);
    };
    const answer = () => {
      found.replaceChildren();
      const one = data?.versions.find((it) => it.version === version.value);
      if (!one) {
        status.textContent = data ? "再选择正在使用的版本。" : "";
        return;
      }
      const number = one.faults.length;
      const name = `${data.product} ${one.version}`;
      // Nothing on record is no promise that there is nothing.
      status.textContent = number ? `${name} 有 ${number} 个已知故障：` : `${name} 没有已知故障的记录。遇到了问题，请按现象搜索，或提交故障。`;
      if (number) found.append(list(one.faults, data.faults));
      if (one.fixed.length) {
        found.append(element("h2", {}, `在 ${one.version} 修好的`), list(one.fixed, data.faults));
      }
    };
    const choose = async (slug, wanted) => {
      data = slug ? await load(`api/v1/products/${encodeURIComponent(slug)}.json`) : null;
      const versions = data ? data.versions.map((it) => [it.version, it.version]) : [];
      fill(version, data && !versions.length ? "没有记录版本" : "选择版本", versions);
      version.value = versions.some(([value]) => value === wanted) ? wanted : "";
    };

    const { products } = await load("api/v1/products.json");
    const slugs = new Map(products.map((one) => [one.product, one.slug]));
    fill(product, "选择产品", products.map((one) => [one.product, `${one.product}（${one.faults}）`]));
    const asked = new URLSearchParams(location.search);
    product.value = slugs.has(asked.get("product")) ? asked.get("product") : "";
    const turn = async (wanted) => {
      const mine = product.value;
      try {
        await choose(slugs.get(mine), wanted);
      } catch {
        status.textContent = "没有取到数据，请刷新页面再试，或从下面的产品进入。";
        return;
      }
      // Somebody may have chosen another product meanwhile.
      if (mine !== product.value) return;
      remember();
      answer();
    };
    product.addEventListener("change", () => turn(""));
    version.addEventListener("change", () => {
      remember();
      answer();
    });
    await turn(asked.get("version") ?? "");
  };

  document.addEventListener("DOMContentLoaded", () => {
    const place = document.getElementById("affected");
    if (place) {
      start(place).catch(() => {
        place.textContent = "没有取到数据，请刷新页面再试，或从下面的产品进入。";
        place.hidden = false;
      });
    }
  });
}
