// Holds every page below a folder against the rules of HTML: validate.mjs FOLDER
//
// Prints one line for each finding and ends with status 1 when there is one.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { HtmlValidate } from "html-validate";

const folder = process.argv[2];
const files = readdirSync(folder, { recursive: true })
  .filter((name) => name.endsWith(".html"))
  .map((name) => join(folder, name));

const rules = new HtmlValidate({
  root: true,
  extends: ["html-validate:recommended", "html-validate:a11y"],
  rules: {
    // Names of people and organizations stand in titles, and may be long.
    "long-title": "off",
    // Templates break lines where they are easy to read.
    "no-trailing-whitespace": "off",
    // Mail programs fetch no stylesheet.
    "no-inline-style": "off",
  },
});

const report = await rules.validateMultipleFiles(files);
for (const { filePath, messages } of report.results) {
  for (const { line, column, ruleId, message } of messages) {
    console.log(`${filePath}:${line}:${column}: ${ruleId}: ${message}`);
  }
}
console.log(`${files.length} pages`);
process.exitCode = report.valid && files.length > 0 ? 0 : 1;
