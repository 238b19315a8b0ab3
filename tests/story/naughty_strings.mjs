// Everything that has ever broken a form: a list that others keep, and a few of our own.
import { createRequire } from "node:module";

export const STRINGS = createRequire(import.meta.url)("big-list-of-naughty-strings");

/** What that list lacks. */
export const OURS = [
  "<script>window.ran=1</script>",
  "<img src=x onerror=window.ran=1>",
  "\"><svg onload=window.ran=1>",
  "{{constructor.constructor('window.ran=1')()}}",
  "${window.ran=1}",
  "javascript:window.ran=1",
  "=cmd|'/C calc'!A0",
  "+1+cmd|' /C calc'!A0",
  "@SUM(1+1)*cmd|' /C calc'!A0",
  "=HYPERLINK(\"http://evil.example\",\"x\")",
  "\t=1+1",
  "x\r\nBcc: everyone@example.ru\r\n\r\nbody",
  "x\nSet-Cookie: session=1",
  "\u202egnp.exe",
  "\u2066\u2067\u2068a\u2069",
  "\u200e\u200f\u061c",
  "\u0000\u0001\u001b[31m\u007f",
  "\ud800",
  "a\u0300".repeat(500),
  "\ufdfa".repeat(200),
  "👨‍👩‍👧‍👦".repeat(50),
  "\u2028\u2029",
  "__proto__",
  "constructor",
  "../../../../etc/passwd",
  "' OR 1=1 --",
  "'; DROP TABLE leads; --",
];
