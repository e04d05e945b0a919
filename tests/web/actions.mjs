// GitHub's own reader of workflow files and its own evaluator of expressions, asked line by line: a JSON request on
// stdin, a JSON answer on stdout. {"file", "content"} → {"errors", "workflow"}, where an expression is {"$": "…"} and
// each `if` is as GitHub completes it; {"expression", "contexts", "status", "files"} → {"value", "text", "truth"} or {"error"}.
import { createHash } from "node:crypto";
import { register } from "node:module";
import { createInterface } from "node:readline";

// The package imports its schema as JSON in a way that only bundlers understand.
register(
  "data:text/javascript," +
    encodeURIComponent(`import { readFileSync } from "node:fs";
export const load = (url, context, next) => url.endsWith(".json")
  ? { format: "module", shortCircuit: true, source: "export default " + readFileSync(new URL(url), "utf8") }
  : next(url, context);`),
);
const { data, Evaluator, Lexer, Parser } = await import("@actions/expressions");
const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await import("@actions/workflow-parser");

const CONTEXTS = ["github", "env", "vars", "job", "steps", "runner", "secrets", "strategy", "matrix", "needs", "inputs"];

function plain(token) {
  if (typeof token?.expression === "string") return { $: token.expression };
  if (typeof token?.count !== "number") return token?.value ?? null;
  const items = [...token];
  if (!items.length || "key" in items[0]) {
    const isList = !items.length && typeof token.add === "function" && token.add.length === 1;
    return isList ? [] : Object.fromEntries(items.map((item) => [item.key.value, plain(item.value)]));
  }
  return items.map(plain);
}

async function read({ file, content }) {
  const { context, value } = parseWorkflow({ name: file, content }, new NoOperationTraceWriter());
  const errors = () => context.errors.getErrors().map((error) => error.message);
  if (!value || errors().length) return { errors: errors() };
  const template = await convertWorkflowTemplate(context, value);
  const workflow = plain(value);
  for (const job of template.jobs ?? []) {
    const written = workflow.jobs[job.id.value];
    written.if = plain(job.if);
    job.steps?.forEach((step, place) => (written.steps[place].if = plain(step.if)));
  }
  return { errors: errors(), workflow };
}

// The hash of the files that patterns find below the workspace, of whose files the caller gives the names.
function hashFiles(files, patterns) {
  const parts = { "**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]" };
  const exact = (text) => text.replace(/\*\*\/|\*\*|[*?]|[.+^${}()|[\]\\]/g, (part) => parts[part] ?? `\\${part}`);
  const found = files.filter((name) => patterns.some((one) => new RegExp(`^${exact(one.coerceString())}$`).test(name)));
  return found.length ? createHash("sha256").update(found.join("\0")).digest("hex") : "";
}

function evaluate({ expression, contexts, status, files }) {
  const answers = { success: status === "success", failure: status === "failure", always: true, cancelled: false };
  const functions = Object.entries(answers).map(([name, answer]) => [
    name,
    { name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(answer) },
  ]);
  const known = new Map(functions);
  const hash = (...patterns) => new data.StringData(hashFiles(files ?? [], patterns));
  known.set("hashfiles", { name: "hashFiles", minArgs: 1, maxArgs: 255, call: hash });
  const given = JSON.parse(JSON.stringify(contexts), data.reviver);
  const value = (text) =>
    new Evaluator(new Parser(new Lexer(text).lex().tokens, CONTEXTS, [...known.values()]).parse(), given, known).evaluate();
  const result = value(expression);
  return {
    value: JSON.parse(JSON.stringify(result, data.replacer) ?? "null"),
    text: result.coerceString(),
    truth: value(`!!(${expression})`).value,
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  let answer;
  try {
    answer = "content" in request ? await read(request) : evaluate(request);
  } catch (error) {
    answer = { error: String(error.message ?? error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
