// Files that visitors attach: what is kept, what is refused, and who may have them.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { request } from "node:http";
import { after, before, test } from "node:test";

import { aSecret, startServer, uuidv7, waitFor } from "../story/server.mjs";
import { makeWorkspace } from "../story/workspace.mjs";

const MEGABYTE = 1024 * 1024;

let server;
let client;
before(async () => {
  server = await startServer();
  client = await makeWorkspace(server);
});
after(() => server?.stop());

const pdf = (bytes = 20) => Buffer.concat([Buffer.from("%PDF-1.7\n"), Buffer.alloc(bytes - 9, "x")]);

function attach({ id, secret }, content, { name = "план.pdf", question = "file", site = client.site } = {}) {
  const form = new FormData();
  for (const [field, value] of Object.entries({ site, secret, question })) form.append(field, value);
  form.append("file", new Blob([content]), name);
  return fetch(`${server.url}/v1/inquiries/${id}/files`, { method: "POST", body: form });
}

const code = async (response) => [response.status, (await response.json()).code];

test("a file is kept with its lead, once, and comes back byte for byte", async () => {
  const inquiry = await client.inquire("everything", "file1@example.ru");
  const content = Buffer.concat([pdf(), Buffer.from(crypto.getRandomValues(new Uint8Array(60_000))), Buffer.alloc(3 * MEGABYTE, 7)]);
  const first = await attach(inquiry, content, { name: "../../план\u202e дома.pdf" });
  assert.equal(first.status, 201);
  assert.equal(first.headers.get("access-control-allow-origin"), "*");
  const kept = await first.json();
  assert.deepEqual({ ...kept, id: "" }, { id: "", file: "план дома.pdf", size: content.length });
  const again = await attach(inquiry, content, { name: "другое имя.pdf" });
  assert.equal(again.status, 200);
  assert.deepEqual(await again.json(), kept);

  const { files, history } = await client.lead(inquiry.lead);
  assert.equal(files.length, 1);
  const [file] = files;
  assert.deepEqual(
    [file.question, file.asked, file.name, file.media_type, file.size],
    ["file", "Есть чертёж, фото или задание? Приложите файл", "план дома.pdf", "application/pdf", content.length],
  );
  assert.equal(file.sha256, createHash("sha256").update(content).digest("hex"));
  const events = history.filter(({ kind }) => kind === "file_attached");
  assert.equal(events.length, 1);
  assert.ok(!JSON.stringify(history).includes("план"), "no name of a file in the history");

  const download = await fetch(server.url + file.path, { headers: { authorization: `Bearer ${client.apiKey}` } });
  assert.equal(download.status, 200);
  const header = (name) => download.headers.get(name);
  assert.equal(header("content-type"), "application/pdf");
  assert.match(header("content-disposition"), /^attachment; filename="[ -~]+"; filename\*=UTF-8''%D0%BF%D0%BB%D0%B0%D0%BD%20/);
  assert.equal(header("x-content-type-options"), "nosniff");
  assert.match(header("content-security-policy"), /^sandbox/);
  assert.ok(Buffer.from(await download.arrayBuffer()).equals(content));
});

test("the largest file is kept, one byte more is not", async () => {
  const inquiry = await client.inquire("everything", "file2@example.ru");
  const largest = pdf(10 * MEGABYTE);
  assert.equal((await attach(inquiry, largest)).status, 201);
  const { files } = await client.lead(inquiry.lead);
  const download = await fetch(server.url + files[0].path, { headers: { authorization: `Bearer ${client.apiKey}` } });
  assert.ok(Buffer.from(await download.arrayBuffer()).equals(largest));
  assert.deepEqual(await code(await attach(inquiry, pdf(10 * MEGABYTE + 1))), [413, "file_too_large"]);
});

test("a body is never read beyond its limit, whatever it declares", async () => {
  const { id, secret } = await client.inquire("everything", "file3@example.ru");
  const fields = Object.entries({ site: client.site, secret, question: "file" })
    .map(([name, value]) => `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
    .join("");
  const head = `${fields}--b\r\ncontent-disposition: form-data; name="file"; filename="endless.pdf"\r\n\r\n%PDF-1.7`;
  // No length is declared and the body never ends by itself. The answer comes while we still write, and the server closes
  // behind it: whoever writes at that moment hears of a broken pipe and no more of the answer.
  const endless = () =>
    new Promise((resolve) => {
      let sent = 0;
      const chunk = Buffer.alloc(MEGABYTE, 32);
      const call = request(`${server.url}/v1/inquiries/${id}/files`, { method: "POST", headers: { "content-type": "multipart/form-data; boundary=b" } });
      call.on("response", (response) => {
        resolve({ status: response.statusCode, sent });
        call.destroy();
      });
      call.on("error", ({ code }) => resolve({ code, sent }));
      call.write(head);
      const more = () => {
        if (call.destroyed || sent > 200 * MEGABYTE) return;
        sent += chunk.length;
        call.write(chunk, () => setTimeout(more, 2));
      };
      more();
    });
  for (let attempt = 0; ; attempt++) {
    const { status, code, sent } = await endless();
    assert.ok(sent < 40 * MEGABYTE, `${sent} bytes were taken`);
    if (code === undefined) {
      assert.equal(status, 413);
      break;
    }
    assert.ok(["EPIPE", "ECONNRESET"].includes(code), code);
    assert.ok(attempt < 20, "no answer was heard");
  }
});

test("what is refused says why", async () => {
  const inquiry = await client.inquire("everything", "file4@example.ru");
  assert.deepEqual(await code(await attach(inquiry, Buffer.from("MZ\x90\0"), { name: "photo.jpg" })), [415, "file_kind_refused"]);
  assert.deepEqual(await code(await attach(inquiry, Buffer.from("<script>"), { name: "page.html" })), [415, "file_kind_refused"]);
  assert.deepEqual(await code(await attach(inquiry, pdf(), { question: "room" })), [422, "question_unknown"]);
  assert.deepEqual(await code(await attach(inquiry, Buffer.alloc(0))), [422, "file_empty"]);
  assert.deepEqual(await code(await attach(inquiry, Buffer.from([0xff, 0xd8, 0xff, 0xe0]), { name: "a.jpg", question: "drawing" })), [415, "file_kind_refused"]);
  assert.deepEqual(await code(await attach({ ...inquiry, secret: aSecret() }, pdf())), [403, "secret_wrong"]);
  assert.deepEqual(await code(await attach(inquiry, pdf(), { site: "site_forged" })), [403, "key_unknown"]);
  const plain = await fetch(`${server.url}/v1/inquiries/${inquiry.id}/files`, { method: "POST", body: "x" });
  assert.deepEqual(await code(plain), [400, "body_malformed"]);
  const unknown = await attach({ id: uuidv7(), secret: aSecret() }, pdf());
  assert.equal(unknown.headers.get("retry-after"), "2");
  assert.deepEqual(await code(unknown), [409, "inquiry_unknown"]);
  for (let number = 0; number < 5; number++) assert.equal((await attach(inquiry, pdf(100 + number))).status, 201);
  assert.deepEqual(await code(await attach(inquiry, pdf(200))), [422, "too_many_files"]);
  assert.equal((await client.lead(inquiry.lead)).files.length, 5);
});

test("the same file sent ten times at once is one", async () => {
  const inquiry = await client.inquire("everything", "file5@example.ru");
  const replies = await Promise.all(Array.from({ length: 10 }, () => attach(inquiry, pdf(5000))));
  assert.deepEqual(replies.map(({ status }) => status).toSorted(), [...Array(9).fill(200), 201]);
  assert.equal((await client.lead(inquiry.lead)).files.length, 1);
});

test("a file is for those who see its lead, and only under that lead", async () => {
  const inquiry = await client.inquire("everything", "file6@example.ru");
  const other = await client.inquire("everything", "file7@example.ru");
  await attach(inquiry, pdf());
  const { files } = await client.lead(inquiry.lead);
  const get = async (path, headers) => (await fetch(server.url + path, { headers })).status;
  const key = { authorization: `Bearer ${client.apiKey}` };
  assert.equal(await get(files[0].path, key), 200);
  assert.equal(await get(files[0].path, {}), 401);
  assert.equal(await get(files[0].path, { authorization: `Bearer ${server.api_key}` }), 404);
  assert.equal(await get(files[0].path.replace(inquiry.lead, other.lead), key), 404);
  const signedIn = async (member) => (await fetch(await client.link(member), { redirect: "manual" })).headers.get("set-cookie").split(";")[0];
  assert.equal(await get(files[0].path, { cookie: await signedIn("anna") }), 200);
  assert.equal(await get(files[0].path, { cookie: await signedIn("maxim") }), 404);
});

test("destinations hear of a file: its name, its size and where it is", async () => {
  const inquiry = await client.inquire("everything", "file8@example.ru");
  await attach(inquiry, pdf(1234));
  const told = await waitFor(
    async () => (await server.webhooks()).find(({ type, body }) => type === "lead.answered" && body.data?.id === inquiry.lead),
    "the webhook",
    40_000,
  );
  const { files } = await client.lead(inquiry.lead);
  assert.deepEqual(told.body.data.files, [{ question: "file", name: "план.pdf", size: 1234, path: files[0].path }]);
});
