// Error codes that are copied with a click, and the filter above the index of error codes.
"use strict";
{
  const said = document.createElement("p");
  said.className = "fault-said-aloud";
  said.setAttribute("aria-live", "polite");

  // navigator.clipboard exists on https only, and many intranets have none.
  const copy = async (text) => {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
      return;
    }
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    if (!done) throw new Error("refused");
  };

  const tell = async (button) => {
    const code = button.dataset.copy;
    try {
      await copy(code);
      button.dataset.state = "copied";
      said.textContent = `已复制 ${code}`;
    } catch {
      said.textContent = `没能复制，请手工选取 ${code}`;
    }
    button.focus();
    setTimeout(() => {
      delete button.dataset.state;
      said.textContent = "";
    }, 2000);
  };

  // The same as `canonical` in codes.py: every spelling of a code is one.
  const compact = (text) => {
    const plain = text.normalize("NFKC").toLowerCase().replace(/\s/g, "");
    const bare = plain.replace(/^0x(?=.)/, "");
    return bare.includes(".") ? bare : bare.replace(/[-_:/]/g, "");
  };

  const filter = (list) => {
    const rows = [...list.querySelectorAll(":scope > ul > li")];
    const texts = rows.map((row) =>
      [...row.querySelectorAll("strong, em")].map((one) => compact(one.textContent)).join(" "),
    );
    const label = document.createElement("label");
    const field = document.createElement("input");
    const status = document.createElement("span");
    const link = document.createElement("a");
    label.className = "fault-filter";
    label.textContent = "按代码筛选";
    field.type = "search";
    field.autocomplete = "off";
    field.placeholder = "例如 0x8007000E 或 e1042";
    status.setAttribute("role", "status");
    link.hidden = true;
    const look = () => {
      const wanted = compact(field.value);
      let shown = 0;
      rows.forEach((row, number) => {
        row.hidden = !texts[number].includes(wanted);
        shown += row.hidden ? 0 : 1;
      });
      status.textContent = wanted ? `${shown} 个代码` : "";
      link.hidden = !wanted;
      link.textContent = `在搜索里找“${field.value.trim()}”`;
      link.href = `${list.dataset.search}?${new URLSearchParams({ q: field.value.trim() })}`;
    };
    field.addEventListener("input", look);
    label.append(field);
    list.before(label, status, " ", link);
    look();
  };

  document.addEventListener("DOMContentLoaded", () => {
    document.body.append(said);
    for (const button of document.querySelectorAll("button[data-copy]")) {
      button.classList.add("is-live");
      button.title = "点击复制";
      button.addEventListener("click", () => tell(button));
    }
    document.querySelectorAll(".fault-codes").forEach(filter);
  });
}
